"""How a request says whose it is: the vectors of the RFCs and of X's own documentation."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from bot.networks.oauth import Client, Keys, authorisation_url, authorization, base_string, challenge, signature, verifier

PRINTER = Keys("dpf43f3p2l4k3l03", "kd94hf93k423kf44", "nnch734d00sl2jdk", "pfkkdhi9sl3r4s00")
HELLO = Keys(
    "xvz1evFS4wEEPTGEFPHBog",
    "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
    "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
    "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
)


def test_the_base_string_escapes_twice_and_sorts_by_what_is_escaped() -> None:
    """The parameters of RFC 5849 §3.4.1.1, but for the name that stands there twice."""
    said = {
        "b5": "=%3D",
        "a3": "2 q",
        "c@": "",
        "a2": "r b",
        "oauth_consumer_key": "9djdj82h48djs9d2",
        "oauth_token": "kkk9d7dh3k39sjv7",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "137131201",
        "oauth_nonce": "7d8f3e4a",
        "c2": "",
    }
    assert base_string("post", "http://example.com/request", said) == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26"
        "oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26"
        "oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )


def test_a_signature_is_that_of_the_rfc() -> None:
    """RFC 5849 §1.2: the printer asks for the photo."""
    said = {
        "file": "vacation.jpg",
        "size": "original",
        "oauth_consumer_key": PRINTER.consumer_key,
        "oauth_token": PRINTER.access_token,
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "137131202",
        "oauth_nonce": "chapoH",
    }
    text = base_string("GET", "http://photos.example.net/photos", said)
    assert signature(text, PRINTER) == "MdpQcU8iPSUjWoN/UDMsK2sui9I="


def test_a_header_is_that_of_x_s_own_example() -> None:
    """docs.x.com, creating a signature."""
    query = {"status": "Hello Ladies + Gentlemen, a signed OAuth request!", "include_entities": "true"}
    nonce = "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"
    url = "https://api.x.com/1.1/statuses/update.json"
    assert authorization("POST", url, query, HELLO, nonce, 1_318_622_958) == (
        'OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", '
        'oauth_signature="Ls93hJiZbQ3akF3HF3x1Bz8%2FzU4%3D", oauth_signature_method="HMAC-SHA1", '
        'oauth_timestamp="1318622958", oauth_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", oauth_version="1.0"'
    )


def test_a_secret_with_signs_of_its_own_is_escaped_in_the_key() -> None:
    odd, even = (Keys("k", secret, "t", "s") for secret in ("a&b%", "a%26b%25"))
    assert signature("text", odd) != signature("text", even)
    assert signature("text", odd) == "LGXEDZaDt1pH6QzBKWJzvPaqSW0="


def test_a_challenge_is_that_of_the_rfc() -> None:
    """RFC 7636, appendix B."""
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_verifier_has_the_length_that_the_rfc_wants_and_is_never_the_same() -> None:
    assert 43 <= len(verifier()) <= 128
    assert verifier() != verifier()


def test_the_address_to_let_an_app_in_shows_the_hash_and_never_the_secret() -> None:
    client = Client("/token", "the-app", "its-secret")
    url = authorisation_url(
        "https://x.com/i/oauth2/authorize", client, "http://127.0.0.1:8917/callback", "a b", "state", "s3cret"
    )
    assert {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()} == {
        "response_type": "code",
        "client_id": "the-app",
        "redirect_uri": "http://127.0.0.1:8917/callback",
        "scope": "a b",
        "state": "state",
        "code_challenge": challenge("s3cret"),
        "code_challenge_method": "S256",
    }
    assert "s3cret" not in url
    assert "its-secret" not in url


def test_no_secret_is_in_the_looks_of_what_holds_it() -> None:
    assert "kAcSOqF2" not in repr(HELLO)
    assert "its-secret" not in repr(Client("/token", "the-app", "its-secret"))
