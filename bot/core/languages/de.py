"""Pure. German. Nouns have capitals, which say little behind a full stop: "3." is an ordinal unless a starter follows."""

from __future__ import annotations

from bot.core.languages.language import Language, lines, phrases, words

_VERBS = (
    "sagt|fragt|erklär|antwortet|berichtet|betont|meint|ruf|rief|schrieb|schreib|warnt|fügt|ergänzt|behauptet|erzählt|klagt|"
    "fordert|versichert|kommentiert|kritisiert|teilt|so\\s|heißt\\s|hieß\\s|laut\\s|gab\\s|gibt\\s"
)

LANGUAGE = Language(
    code="de",
    titles=words(
        """
        hr hrn fa fr frl dr prof dipl ing st sen jun präs gen oberst hptm lt kdt bgm pfr rer nat med phil jur habil ra
        """
    ),
    abbreviations=words(
        """
        bzw bspw ca evtl exkl inkl ggf gez geb hrsg hg insb insbes jmd max min o.ä od resp sog u ua usf vgl vs z zz zzgl zt
        zb allg amtl ausg bes beil bek betr bez dergl desgl dt engl ehem einschl entspr erg etw frz ges ggü griech hpts kath
        ev lat nördl südl östl westl obb rd schriftl s.o s.u stellv tel tgl übers unbek urspr verh versch vermutl vorm wg
        wiss ztr zw z.b d.h u.a i.d.r z.t o.g v.a m.e i.a u.u bundesstr bahnhofstr tsd stk
        """
    ),
    closing=words("usw etc u.a.m u.dgl dgl chr gmbh ag co pl jr mio mrd o.j v.chr n.chr u.s"),
    numbered=words(
        """
        nr nrn S H abs art kap ziff rn abb bd bde str § tab jg hauptstr anm aufl zf jan feb febr mär apr jun jul aug sep
        sept okt nov dez
        """
    ),
    phrases=phrases(
        """
        z. B. | d. h. | u. a. | i. d. | d. R. | z. T. | o. g. | v. a. | u. U. | v. Chr. | n. Chr. | s. o. | s. u. | m. E. |
        i. A. | e. V. | a. D. | z. Z. | a. M. | o. ä. | i. e. | S. A.
        """
    ),
    months=words(
        """
        januar jänner februar märz april mai juni juli august september oktober november dezember jan feb febr mär apr jun
        jul aug sep sept okt nov dez
        """
    ),
    units=words(
        """
        euro dollar franken rubel pfund uhr stunde stunden minute minuten sekunde sekunden tag tage tagen woche wochen monat
        monate monaten jahr jahre jahren jahrhundert tausend million millionen milliarde milliarden mio mrd tsd kilometer
        meter metern hektar kilo kilogramm tonne tonnen gramm liter grad prozent meilen menschen soldaten tote toten
        verletzte einwohner personen mal punkte stimmen panzer raketen drohnen seiten
        """
    ),
    scales=words("tausend million millionen milliarde milliarden mio mrd tsd"),
    links=words("bis und oder von zu auf mal x"),
    starters=words(
        """
        der die das den dem des ein eine einen einem einer eines er sie es wir ihr ich du man dieser diese dieses diesen
        jener jene jedes jeder alle viele einige mehrere manche kein keine niemand nichts und aber oder denn doch sondern
        also dann danach davor dabei dazu daher deshalb darum trotzdem dennoch inzwischen bisher heute gestern morgen jetzt
        nun hier dort da wo wer was wann warum wie weil wenn als ob dass nachdem bevor während seit obwohl damit in im an am
        auf aus bei beim mit nach von vom vor zu zum zur über unter durch für gegen ohne um bis laut auch nur noch schon
        sogar vielleicht ja nein nicht so sein seine ihre ihr unser mein zwei drei vier zuerst zunächst schließlich außerdem
        allerdings jedoch immer nie später früher ist war sind waren hat haben wird werden kann
        """
    ),
    lettered=words(
        """
        plan vitamin gruppe hepatitis punkt typ klasse kategorie serie option stufe block zone halle anhang teil
        """
    ),
    leaning=words(
        """
        der die das den dem des ein eine einen einem einer eines in im an am auf aus bei beim mit nach von vom vor zu zum
        zur über unter durch für gegen ohne um und oder aber denn sondern dass weil wenn als ob nicht sehr mehr kein keine
        keinen sein seine ihre ihr mein unser er sie es wir ich dieser diese dieses diesem diesen
        """
    ),
    conjunctions=lines(
        """
        aber | denn | sondern | weil | wenn | als ob | dass | nachdem | bevor | während | obwohl | damit | sodass | wobei |
        falls | bis
        """
    ),
    particles=words("von vom zu zur van der den dem de del la al el ibn ben bin abu"),
    sayers=words("sagte sagt erklärte fragte schrieb meinte betonte rief antwortete warnte berichtet"),
    saying=rf"(?:{_VERBS})\p{{L}}*",
    leads=words("quelle quellen link links bilder fotos karte karten videos quellenangaben"),
    ordinals=True,
    nouns=True,
)
