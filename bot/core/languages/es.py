"""Pure. Spanish."""

from __future__ import annotations

from bot.core.languages.language import Language, lines, phrases, words

_VERBS = (
    "dij|dic|declar|afirm|explic|añad|respond|pregunt|precis|asegur|anunci|escrib|cont|advirti|advier|señal|subray|insist|"
    "reconoc|admit|lament|denunci|record|gritó|exclam|coment|replic|susurr|sostuv|sostien|aclar|apunt|concluy|según|relat|indic"
)

LANGUAGE = Language(
    code="es",
    titles=words(
        """
        sr sra sres sras srta D dª dña dr dra dres prof profa lic ing arq gral gen cnel col cap tte sgto mons sto sta hno
        """
    ),
    abbreviations=words(
        """
        p.ej ej cf cfr vs aprox ca avda av c/ ctra pza pl dpto depto dto edif esq excmo ilmo gob min máx mín núcl op ed eds
        trad tel tfno ntra ss.mm b.o.e m.a fco fdo admón prov rte s.s univ
        """
    ),
    closing=words("a.c d.c c.v s.a s.l s.a.u s.l.u cía ltda jr inc corp ltd u.s a.m p.m r.l col prof"),
    numbered=words(
        """
        n núm núms nº nro no.º pág págs p pp art arts fig figs cap caps vol t tomo ap ene feb mar abr jun jul ago sep sept
        set oct nov dic
        """
    ),
    phrases=phrases(
        """
        p. ej. | a. C. | d. C. | EE. UU. | a. m. | p. m. | J. C. | S. A. | S. L. | FF. AA. | RR. HH. | n. º | et al. | a. de
        """
    ),
    months=words(
        """
        enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre ene feb mar abr
        jun jul ago sep sept oct nov dic
        """
    ),
    units=words(
        """
        euro euros dólar dólares peso pesos libra libras rublos yuanes hora horas minuto minutos segundo segundos día días
        semana semanas mes meses año años siglo siglos mil millar millares millón millones millardo kilómetro kilómetros
        metro metros hectárea hectáreas kilo kilos tonelada toneladas gramos litro litros grado grados habitantes hombres
        mujeres muertos heridos personas soldados combatientes civiles niños víctimas veces puntos páginas votos tanques
        misiles drones
        """
    ),
    scales=words("mil millón millones"),
    links=words("a y o de del x por e u"),
    starters=words(
        """
        el la los las un una unos unas lo al del de este esta estos estas ese esa esos esas aquel aquella esto eso él ella
        ellos ellas yo tú usted ustedes nosotros nos se me te le les su sus mi mis tu nuestro nuestra que qué quien quién
        quienes como cómo cuando cuándo donde dónde por porque para pero y o ni si no sí sino aunque pues luego después
        antes entonces así además también tampoco ya aún todavía hoy ayer mañana ahora aquí allí hay en con sin sobre entre
        desde hasta hacia según tras durante ante bajo todo toda todos todas muchos muchas varios varias algunos algunas
        cada otro otra otros otras dos tres cuatro nadie nada ninguno ninguna nunca siempre quizá quizás tal mientras sin
        embargo finalmente es era fue son está están ha han había
        """
    ),
    lettered=words(
        """
        plan vitamina vitaminas grupo grupos zona hepatitis punto tipo clase categoría serie sección letra opción etapa
        anexo edificio puerta línea nivel bloque fase
        """
    ),
    leaning=words(
        """
        el la los las un una unos unas lo al del de a en con sin sobre entre desde hasta hacia según tras por para y o ni e
        u que se no su sus mi mis tu tus este esta ese esa cada muy más menos tan como cuyo cuya
        """
    ),
    conjunctions=lines(
        """
        pero | que | porque | aunque | cuando | mientras | sino | pues | donde | quien | quienes | para que | sin que |
        antes de | después de | ya que | así que | si bien | a pesar | puesto que | hasta que | desde que | cuyo | cuya |
        tras
        """
    ),
    particles=words("de del la las los y von van der al el ibn ben bin abu san da dos do di"),
    sayers=words(
        """
        dijo dice declaró declara afirmó afirma explicó explica añadió preguntó respondió aseguró anunció escribió
        """
    ),
    saying=rf"(?:(?:ha|han|había)\s)?(?:{_VERBS})\p{{L}}*",
    leads=words("fuente fuentes enlace enlaces referencias créditos fotos imágenes mapa mapas vídeos"),
)
