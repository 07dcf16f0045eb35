"""`python -m bot` is `threadbot`."""

from bot.cli.main import main

main()
