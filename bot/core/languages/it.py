"""Pure. Italian."""

from __future__ import annotations

from bot.core.languages.language import Language, lines, phrases, words

_VERBS = (
    "dice|dicono|disse|ha\\s|hanno\\s|dichiar|afferm|spieg|aggiun|rispos|rispond|chies|chied|precis|assicur|annunci|scriv|"
    "scriss|racconta|avvert|sottoline|insist|ammett|ammis|denunci|ricord|grid|esclam|comment|replic|sussurr|sosten|conclu|"
    "secondo|si\\slegge|osserv"
)

LANGUAGE = Language(
    code="it",
    titles=words(
        """
        sig sigg sig.ra sigg.ri sig.na dott dott.ssa dr dr.ssa prof prof.ssa proff avv ing arch geom rag on sen gen col cap
        ten magg mons s ss st cav comm spett egr gent rev
        """
    ),
    abbreviations=words(
        """
        cfr cf es p.es vs ca circa c.a tel op ed trad s.l n.d.r fam loc prov reg div dir int min max v.le p.za l.go ab pers
        segg seg
        """
    ),
    closing=words("a.c d.c s.p.a s.r.l s.n.c spa srl jr inc ltd corp u.s s.a col prof on ten"),
    numbered=words(
        """
        n nn num sec secc pag pagg p pp art artt fig figg cap capp vol voll c t tab par all feb mar apr mag giu lug ago set sett
        ott nov dic
        """
    ),
    phrases=phrases("p. es. | a. C. | d. C. | ad es. | per es. | S. A. | et al. | n. d. | c. a. | e. g."),
    months=words(
        """
        gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre gen feb mar apr mag
        giu lug ago set sett ott nov dic
        """
    ),
    units=words(
        """
        euro dollaro dollari sterline rubli lira lire ora ore minuto minuti secondo secondi giorno giorni settimana
        settimane mese mesi anno anni secolo secoli mila mille migliaia milione milioni miliardo miliardi chilometro
        chilometri metro metri ettaro ettari chilo chili tonnellata tonnellate grammi litro litri grado gradi abitanti ab
        uomini donne morti feriti persone soldati civili bambini vittime volte punti pagine voti carri missili droni
        """
    ),
    scales=words("mila mille milione milioni miliardo miliardi"),
    links=words("a e o di del x per da"),
    starters=words(
        """
        il lo la i gli le l’ un uno una un’ del dello della dei degli delle di da in con su per tra fra a al allo alla ai
        agli alle dal dalla nel nella nei nelle sul sulla questo questa questi queste quello quella quelli quelle ciò egli
        lui lei essi loro noi voi io tu si ci vi ne mi ti suo sua suoi sue che chi cosa come quando dove perché quanto quale
        ma e ed o oppure né se non sì poi dopo prima allora così infine inoltre anche ancora già mai sempre oggi ieri domani
        ora adesso qui qua là ecco secondo senza verso durante mentre tutto tutta tutti tutte molti molte alcuni alcune ogni
        altro altra altri altre due tre quattro nessuno niente nulla forse tuttavia però dunque quindi è era sono erano ha
        hanno c’è c’era
        """
    ),
    lettered=words(
        """
        piano vitamina gruppo gruppi zona epatite punto tipo classe categoria serie sezione lettera opzione fase allegato
        edificio linea livello blocco scala gate
        """
    ),
    leaning=words(
        """
        il lo la i gli le un uno una del dello della dei degli delle di da in con su per tra fra a al allo alla ai agli alle
        dal dalla dai dalle nel nello nella nei nelle sul sulla sui sulle e ed o né che si non ci suo sua suoi sue loro
        questo questa quel quella ogni molto più meno come cui se
        """
    ),
    conjunctions=lines(
        """
        ma | che | perché | quando | mentre | dove | però | anche se | prima di | prima che | dopo che | affinché | benché |
        sebbene | finché | cioè | senza che | poiché
        """
    ),
    particles=words(
        """
        di de del della dello dei degli da dal dalla d’ von van der al el ibn ben bin abu lo la li
        """
    ),
    sayers=words(
        """
        disse dice dichiara ha detto dichiarato affermato spiegato aggiunto chiesto risposto scrive
        """
    ),
    saying=rf"(?:{_VERBS})\p{{L}}*",
    leads=words("fonte fonti link riferimenti crediti foto immagini mappa mappe video"),
)
