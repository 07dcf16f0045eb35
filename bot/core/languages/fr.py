"""Pure. French."""

from __future__ import annotations

from bot.core.languages.language import Language, lines, phrases, words

_VERBS = (
    "dit|disent|disait|déclar|affirm|expliqu|ajout|répond|répét|répliqu|rétorqu|demand|précis|soulign|assur|estim|insist|"
    "indiqu|annonc|conclu|résum|raconte|racontai|rapport|lanc|cri|s[’']écri|s[’']exclam|s[’']interrog|s[’']indign|s[’']inqui|"
    "s[’']alarm|murmur|souffl|confi|reconn|admet|admis|avou|regrett|déplor|dénonc|accus|promet|promis|jur|prévien|prévenu|"
    "averti|martel|not|observ|remarqu|rappel|écri[tv]|poursui|repri|reprend|tranch|ironis|plaisant|soupir|confirm|témoign|"
    "détaill|commente|commenté|juge|jugé|analyse|analysé|plaid|glisse|glissé|abonde|renchéri|peut-on lire|"
    "a-t-|ont-|avait-"
)

LANGUAGE = Language(
    code="fr",
    titles=words(
        """
        M mm mme mmes mlle mlles me dr drs pr prs prof st ste sts mgr gén col gal gaux cdt cne cap lt ltn adj sgt s.e rév mr
        mrs ms
        """
    ),
    abbreviations=words(
        """
        cf c.-à-d càd p.ex env av apr boul bd éd ibid id op loc réf trad vs resp ca chr ét dép arr préf min max moy sq hôp
        anc ndlr n.b p.-s ing dir ph th voy sté gouv éts
        """
    ),
    closing=words(
        """
        j.-c jc j.c al auj jr suppl cie inc ltd corp co bros r.-u u.s u.e o.n.u s.a col cap prof me pr st ex
        """
    ),
    numbered=words(
        """
        tél tel n no nos nᵒ p pp art chap fig hab tome t vol janv févr fév avr juil juill sept oct nov déc § ch liv pl ill
        rn rd r.n parag ann v
        """
    ),
    phrases=phrases(
        """
        p. ex. | av. J.-C. | apr. J.-C. | ap. J.-C. | av. JC | apr. JC | c. à | à d. | n. b. | p. s. | op. cit. | loc. cit.
        | et al.
        """
    ),
    months=words(
        """
        janvier février mars avril mai juin juillet août septembre octobre novembre décembre janv févr fév avr juil juill
        sept oct nov déc
        """
    ),
    units=words(
        """
        euro euros dollar dollars franc francs livre livres rouble roubles hryvnia yuan yuans heure heures minute minutes
        seconde secondes jour jours semaine semaines mois an ans année années siècle siècles mille milliers millier million
        millions milliard milliards kilomètre kilomètres mètre mètres mètres-carrés hectare hectares kilo kilos kilogramme
        kilogrammes tonne tonnes gramme grammes litre litres degré degrés pour % mégawatts gigawatts watts volts noeuds
        nœuds milles pieds km/h habitants habitant hommes homme femmes morts mort blessés blessé personnes personne fois
        points point soldats combattants civils enfants victimes chars obus missiles drones pages voix sièges
        """
    ),
    scales=words("mille millier milliers million millions milliard milliards"),
    links=words("à au et ou de sur x"),
    starters=words(
        """
        le la les l’ un une des d’ du de ce cet cette ces c’ ça ceci cela celui celle ceux il elle ils elles on je j’ tu
        nous vous n’ ne qu’ que qui quoi quand où comment pourquoi combien quel quelle quels quelles et mais or donc car ni
        puis ensuite alors ainsi enfin après avant depuis pendant durant dès lors lorsque si s’ comme parce puisque quoique
        bien dans en sur sous par pour avec sans chez vers entre selon à au aux mon ma mes ton ta tes son sa ses notre nos
        votre vos leur leurs tout toute tous toutes plusieurs quelques certains certaines chaque aucun aucune autre autres
        même deux trois quatre hier aujourd aujourd’hui demain maintenant ici là y voici voilà cependant toutefois pourtant
        néanmoins malgré désormais parfois souvent toujours jamais peut-être oui non aussi surtout seul seule plus moins
        très trop peu beaucoup est-ce était c’est selon d’après m’ t’ lorsqu’ puisqu’ rien personne là-bas lui moi cependant
        bref résultat premièrement deuxièmement notamment soit voire
        """
    ),
    lettered=words(
        """
        plan vitamine vitamines groupe groupes zone zones hépatite hépatites point points type types classe catégorie série
        section lettre option étape annexe bâtiment hall terminal quai porte ligne note rang grade niveau allée bloc secteur
        grippe virus formule programme version phase poule équipe chapitre partie variante scénario témoin monsieur madame
        """
    ),
    leaning=words(
        """
        le la les un une des du de ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs à au aux
        en dans sur sous par pour avec sans chez vers entre selon depuis pendant dès et ou ni mais car que qui dont où si
        comme ne n’ se très plus moins trop chaque plusieurs quelques il elle ils elles on je tu nous jusqu’à jusqu’au
        """
    ),
    conjunctions=lines(
        """
        mais | car | donc | parce que | parce qu | puisque | lorsque | quand | tandis que | tandis qu | alors que | alors qu
        | afin de | afin que | afin qu | sans que | sans qu | avant que | avant qu | avant de | après que | pour que | pour
        qu | bien que | bien qu | dès que | dès qu | pendant que | combien | comment | pourquoi | qui | dont | où | lequel |
        laquelle | lesquels | lesquelles | quoique | jusqu’à ce | si bien | au moment | à moins | de sorte | ainsi que |
        ainsi qu
        """
    ),
    particles=words(
        """
        de du des d le la von van der den ten ter al el ul ben bin ibn abou abu oum dos da di del della mac zu
        """
    ),
    sayers=words(
        """
        dit disait déclare déclaré affirme affirmé explique expliqué ajoute ajouté répond répondu demande demandé précise
        précisé assure assuré annonce annoncé écrit raconte lance lancé prévient
        """
    ),
    saying=(
        rf"(?:(?:a|ont|avait|avaient|a-t-il|a-t-elle|s[’']est|se|me|m[’']a|nous|lui|leur)\s+(?:ainsi\s+|aussi\s+)?)?(?:{_VERBS})"
        r"|\p{L}+-(?:t-)?(?:il|elle|ils|elles|on|je|nous|vous)\b|(?:selon|d[’']après|pour|a|ont)\s"
    ),
    leads=words(
        """
        source sources lien liens références crédits crédit images carte cartes photos vidéo vidéos
        """
    ),
)
