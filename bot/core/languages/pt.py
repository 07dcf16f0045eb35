"""Pure. Portuguese."""

from __future__ import annotations

from bot.core.languages.language import Language, lines, phrases, words

_VERBS = (
    "disse|diz|dizem|declar|afirm|explic|acrescent|respond|pergunt|precis|assegur|anunci|escrev|contou|conta|advert|sublinh|"
    "insist|reconhec|admit|lament|denunci|record|lembr|gritou|exclam|coment|retorqu|sussurr|garant|conclu|segundo|relat|frisou|"
    "apont|avis|questionou|indagou"
)

LANGUAGE = Language(
    code="pt",
    titles=words(
        """
        sr sra srs sras srta D dª dr dra drs dras prof profa profª eng engº arq gen cel cap ten sgt maj alm mons pe sto sta
        S R st exmo exma ilmo v.exa
        """
    ),
    abbreviations=words(
        """
        cf vs aprox ca p.ex ex av trav pç lgo r al tel ed trad op dep depto dir gov min máx mín obs séc ref est hab
        """
    ),
    closing=words("a.c d.c c s.a ltda lda cia jr inc ltd corp u.s e.u.a e.u a.m p.m col prof"),
    numbered=words(
        """
        n nº nos núm pág págs p pp art arts fig figs cap caps vol t tab § jan fev mar abr mai jun jul ago set out nov dez
        """
    ),
    phrases=phrases(
        """
        p. ex. | a. C. | d. C. | por ex. | S. A. | E. U. | U. A. | n. º | et al. | a. m. | p. m. | V. Exa.
        """
    ),
    months=words(
        """
        janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro jan fev mar abr mai jun jul
        ago set out nov dez
        """
    ),
    units=words(
        """
        euro euros dólar dólares real reais libra libras rublos hora horas minuto minutos segundo segundos dia dias semana
        semanas mês meses ano anos século séculos mil milhar milhares milhão milhões bilhão bilhões quilómetro quilómetros
        quilômetro quilômetros metro metros hectare hectares quilo quilos tonelada toneladas gramas litro litros grau graus
        habitantes homens mulheres mortos feridos pessoas soldados civis crianças vítimas vezes pontos páginas votos tanques
        mísseis drones
        """
    ),
    scales=words("mil milhão milhões bilhão bilhões"),
    links=words("a e ou de do x por"),
    starters=words(
        """
        o a os as um uma uns umas ao à aos às do da dos das de no na nos nas em num numa por pelo pela para com sem sobre
        entre desde até este esta estes estas esse essa esses essas aquele aquela isto isso aquilo ele ela eles elas eu tu
        você vocês nós se me te lhe seu sua seus suas meu minha que quem como quando onde porque porquê qual quais quanto
        mas e ou nem se não sim pois então depois antes assim enfim além também ainda já hoje ontem amanhã agora aqui ali lá
        há segundo durante após conforme todo toda todos todas muitos muitas vários várias alguns algumas cada outro outra
        outros outras dois duas três quatro ninguém nada nenhum nunca sempre talvez porém contudo entretanto todavia
        finalmente é era foi são está estão tem havia
        """
    ),
    lettered=words(
        """
        plano vitamina vitaminas grupo grupos zona hepatite ponto tipo classe categoria série secção seção letra opção etapa
        anexo edifício porta linha nível bloco fase
        """
    ),
    leaning=words(
        """
        o a os as um uma uns umas ao à aos às do da dos das de no na nos nas em num numa por pelo pela pelos pelas para com
        sem sobre entre desde até e ou nem que se não seu sua seus suas este esta esse essa cada muito mais menos tão como
        """
    ),
    conjunctions=lines(
        """
        mas | que | porque | quando | enquanto | onde | porém | embora | para que | sem que | antes de | antes que | depois
        de | depois que | já que | pois | ainda que | até que | cujo | cuja
        """
    ),
    particles=words("de do da dos das e von van der al el ibn ben bin abu"),
    sayers=words(
        """
        disse diz declarou afirma afirmou explicou acrescentou perguntou respondeu garantiu anunciou escreveu
        """
    ),
    saying=rf"(?:(?:tinha|havia)\s)?(?:{_VERBS})\p{{L}}*",
    leads=words("fonte fontes ligações links referências créditos fotos imagens mapa mapas vídeos"),
)
