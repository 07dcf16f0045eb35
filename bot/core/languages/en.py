"""Pure. English."""

from __future__ import annotations

from bot.core.languages.language import Language, lines, phrases, words

_VERBS = (
    "said|says|asked|asks|told|added|adds|replied|replies|answered|explained|explains|insisted|argued|claimed|claims|wrote|"
    "writes|warned|warns|noted|notes|recalled|shouted|yelled|cried|whispered|muttered|continued|concluded|admitted|announced|"
    "declared|stated|states|tweeted|posted|joked|thought|exclaimed|responded|observed|remarked|promised|agreed|quipped"
)

LANGUAGE = Language(
    code="en",
    titles=words(
        """
        mr mrs ms mx mt dr drs prof st sts gen lt sgt capt col cmdr maj cpl pvt adm brig sen rep gov pres rev hon supt det insp
        messrs mme msgr amb atty
        """
    ),
    abbreviations=words(
        """
        vs e.g i.e eg ie cf viz approx dept ft ibid v incl excl esp a.k.a
        """
    ),
    closing=words(
        """
        u.s u.k u.n e.u u.s.a d.c inc ltd corp co bros jr sr ph.d m.d b.a m.a a.m p.m al ave blvd rd llc plc b.c a.d st gen
        rep col sen rev gov pres maj prof
        """
    ),
    numbered=words(
        """
        no nos p pp art fig figs eq eqs vol ch chap sec sect para jan feb mar apr jun jul aug sep sept oct nov dec § ed c
        ca op n est
        """
    ),
    phrases=phrases("e. g. | i. e. | Ph. D. | M. D. | et al. | op. cit. | p. m. | a. m. | ph. d. | a. k."),
    months=words(
        """
        january february march april may june july august september october november december jan feb mar apr jun jul aug
        sep sept oct nov dec
        """
    ),
    units=words(
        """
        euro euros dollar dollars pound pounds cents rouble roubles rubles yuan yen hour hours minute minutes second seconds
        day days week weeks month months year years century centuries hundred thousand thousands million millions billion
        billions trillion trillions bn mn m k mile miles foot feet inch inches yard yards acre acres kilometres kilometers
        kilometre kilometer metres meters metre meter kilos kilograms tonnes tons tonne ton grams litres liters gallons
        degrees percent per am pm a.m p.m sq people soldiers troops civilians men women children dead wounded times points
        votes seats tanks missiles drones shells rounds pages
        """
    ),
    scales=words("hundred thousand million billion trillion bn mn m sq cu"),
    links=words("to and or by of x"),
    starters=words(
        """
        the a an this that these those he she it they we i you there here then now but and or so yet for nor if when while
        where who what which why how after before since until because although though as at by in on of from to with without
        under over between among during despite however meanwhile moreover furthermore therefore thus still also even only
        just his her its their our my your some many most all both each every any no not another other such one two three
        four yesterday today tomorrow later earlier once perhaps maybe yes it’s he’s she’s they’re we’re that’s there’s i’m
        don’t is are was were do does did has have had can could will would should may might must let please next finally
        first according several few more less nobody nothing everyone everything officials police
        """
    ),
    lettered=words(
        """
        plan vitamin vitamins group groups zone hepatitis point points type types class category series section letter
        option step appendix exhibit building hall terminal platform gate line grade level block sector influenza formula
        version phase team chapter part variant scenario schedule size figure table room unit
        """
    ),
    leaning=words(
        """
        the a an this these those my your his her its our their to of in on at by for from with without under over between
        among into onto through during against about and or nor but that which who if as than not no very more less is are
        was were be been has have had do does did will would can could may might must should he she it they we i you
        """
    ),
    conjunctions=lines(
        """
        but | because | although | though | while | whereas | when | whenever | before | after | until | unless | since |
        which | who | whose | whom | where | why | how | whether | if | so that | even though | even if | in order | as soon
        | as if
        """
    ),
    particles=words("de du von van der den ten ter al el ul ben bin ibn abu da di del della la le mac st"),
    sayers=frozenset(_VERBS.split("|")),
    saying=(
        rf"(?:(?:\p{{Lu}}[\p{{L}}\p{{M}}.’'-]*\s|he\s|she\s|they\s|we\s|i\s|it\s|one\s|the\s|a\s|an\s|\p{{Ll}}+\s){{0,4}}+(?:{_VERBS})\b"
        rf"|(?:{_VERBS})\b|according\s)"
    ),
    leads=words("source sources link links references credit credits photos video videos map maps"),
)
