"""Pure. The commonest words of languages, and letters that only one of them uses, by script."""

from __future__ import annotations

from collections.abc import Mapping

_LATIN = {
    "fr": """
        à le la les l’ un une des du de d’ et est en que qui qu’ dans pour pas ne n’ sur au aux avec ce c’ cette ces il
        elle ils elles on nous vous je j’ par plus sont été mais ou où se s’ son sa ses leur leurs ont fait comme tout très
        être avoir même après avant aussi deux ans alors bien sans sous entre contre depuis encore était si y m’ selon dont
        fois cela déjà jour hier lors rien chez soir matin nuit personnes trois guerre ville maison pays russes aujourd’
        demain doit peut peuvent vont
    """,
    "en": """
        the of and to in a is that it for was on are with as at be this have from or had by but not what all were we when
        your can there an which their if will has been more who its than they you he she his her him our about would after
        into could last night out three people down over while off yesterday today morning during under against before
        because says say only just new being where how two
    """,
    "de": """
        der die das und in den von zu ist mit sich des auf für nicht ein eine dem im auch als an es er hat aus bei werden
        sie nach wird am sind noch wie einem einer einen über so zum war haben nur oder aber vor zur bis mehr durch man
        dass wir ich wurde sein kein keine unter gegen seit gestern heute morgen abend menschen wurden drei zwei diese
        dieser keinen jahre krieg ihre seine
    """,
    "es": """
        de la que el en y a los se del las un por con no una su para es al lo como más pero sus le ya o este sí porque esta
        entre cuando muy sin sobre también me hasta hay donde han quien desde todo nos durante todos uno les ni contra
        otros ese eso ante ellos fue ser son está están tiene años anoche ayer hoy mañana tres personas guerra fuerzas
        noche según dijo después antes hace mientras casa ciudad país resultaron fueron
    """,
    "it": """
        di e il la che in a per un è del non una della con i si da le nel al sono dei alla come più anche dell’ gli lo l’
        ma ha nella delle ai o se dal stato degli questo sul dalla hanno tra suo sua loro ci era essere fatto sulla questa
        dopo anni due solo prima ancora d’ un’ quando dove perché ieri sera oggi notte tre persone guerra secondo contro
        mentre fa casa città paese erano
    """,
    "pt": """
        de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou
        ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem mesmo aos ter seus quem
        nas me esse eles estão você tinha foram são pelos anos contra ontem hoje noite três pessoas guerra forças segundo
        disse antes enquanto casa cidade país duas dois ficaram
    """,
    "tr": """
        ve bir bu da de için ile çok daha olarak olan gibi en kadar ne sonra ama ki o var mi değil her şey ben sen biz ya
        ise ancak göre tarafından oldu olduğu iki yeni diye bunu onun bana ona hiç kendi neden nasıl zaman yok büyük dedi
    """,
    "nl": """
        de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij uit nog naar door over ze zich
        hij wordt werd heeft deze kan meer geen of tot dit wat zo we je ik hun onder na al worden wel
    """,
    "pl": """
        i w na z do nie się że to jest o jak po od za przez dla ale co tym ma tego są był było czy już tylko może oraz przy
        ich jego jej które który została
    """,
    "sv": """
        och i att det som en på är av för med den till inte har de om ett var vi man kan från men så efter när ska vid
        under eller mot sig än där också
    """,
    "da": """
        og i at det som en på er af for med den til ikke har de om et var vi kan fra men så efter når skal ved eller mod
        sig blev hvor også
    """,
    "no": """
        og i at det som en på er av for med den til ikke har de om et var vi kan fra men så etter når skal ved eller mot
        seg ble hvor også
    """,
    "ca": """
        de la el que i en els les per a amb una un no es al del va és dels com més ha l’ d’ ser són aquest aquesta però
        també seva seu pel tot o hi han fins perquè molt quan
    """,
    "ro": """
        și de în a la cu că nu pe o din care este un pentru mai sunt se au fost ca ce sau dar prin după fi lui această
        acest până fără când
    """,
    "fi": """
        ja on ei se että oli hän mutta ovat myös kun niin tai kuin joka mukaan ole vain sen
    """,
    "cs": """
        a v na se je že s z do i to o k ale jako za by pro od jeho po jsou byl která který nebo ve jsem při
    """,
    "hu": """
        a az és hogy nem is egy ez meg volt de csak már még mint vagy el ki lesz van azt
    """,
    "id": """
        yang dan di itu dengan untuk tidak ini dari dalam akan pada juga ke karena ada oleh saya mereka telah
    """,
    "sq": """
        dhe të e në i një për me që nga së është janë ka kanë ishte u do nuk si më kjo ky këtë tyre tre gjatë por edhe pas
        para deri tek ne ju ai ajo ata
    """,
    "gl": """
        a o que e do da en un unha os as non no na por máis dos das como foi ao á súa seu xa tamén pola polo coa co moi hai
        onte noite persoas tres guerra forzas contra son está entre ata
    """,
    "ast": """
        la de que el en y a los les del una un pa con nun ye por como foi yera más tamién na nel al so tres guerra persones
        hai cuando
    """,
    "oc": """
        la de que lo e los las en un una amb per dins es son del al pas mai tanben tres guèrra foguèt aquò dels
    """,
    "af": """
        die en van het in is dat nie om te vir met op aan was by ’n wat sy hy ons hulle deur uit na se sal ook
    """,
    "hr": """
        i u je na se da su za od s a koji koja koje ne što kao iz po do nije ali bio bila tri bi će ili ovo
    """,
    "sl": """
        in v je na se da so za od s ki ne kot iz po do ni pa bil bila tri bi ali to pri
    """,
    "sk": """
        a v na sa je že s do i to o k ale ako za by pre od jeho po sú bol ktorá ktorý alebo vo pri tri
    """,
    "lb": """
        de d an ass vun mat net op engem eng déi dat wéi och si fir hunn huet den dem gouf nach
    """,
    "vi": """
        và của là có không cho được trong một các người với những đã này để khi từ về
    """,
}  # fmt: skip
_CYRILLIC = {
    "ru": """
        и в не на что он с по это как а к у но из за от его все она так о же бы было был для вы мы они я или уже если
        только была были после при чтобы до еще ещё когда также этого её их ей ему нет который которая никто потом под во
        со об лет есть где может
    """,
    "uk": """
        і в не на що він з по це як а до у та й але із за від його все вона так про ж би було був для ви ми вони я або вже
        якщо тільки була були після при щоб ще коли також цього о нього її їх ні немає потім ніхто під зі років є де може
        який яка які
    """,
    "bg": """
        и в не на че той с по това като а към у но от за ще си се да е са при до още когато също през във със или има беше
        които който която
    """,
    "sr": """
        и у је да се на за са су од а као не што који која које али по из до би био ће
    """,
    "be": """
        і ў не на што ён з па гэта як а да у але за ад яго так пра ж бы было быў для вы мы яны я або ўжо калі
    """,
}
_ARABIC = {
    "ar": """
        في من على إلى أن عن ما لا مع هذا هذه التي الذي كان كانت قد لم بعد قبل هو هي بين كل أو و ثم حتى ذلك إن منذ خلال عند
        لكن أي كما وقال وقد غير يوم
    """,
    "fa": """
        در به از که این را با است و برای آن یک خود تا کرد شد بر هم نیز می گفت شده بود های او ما اما هر دو
    """,
    "ur": """
        کے کی میں ہے کا سے اور کو نے کہ پر یہ ہیں ایک اس تھا بھی نہیں جو ہو کر وہ گیا تھے
    """,
    "ckb": """
        لە و بە کە بۆ ئەم لەگەڵ بوو هەر یان دەکات ئەو
    """,
}
_HEBREW = {
    "he": """
        של את על לא הוא זה עם כי גם היא או אם יש אין כל אני אבל רק עוד בין היה היו אחרי לפני מה מי אל הם כבר כמו אחד אך
        לאחר
    """,
    "yi": """
        און די איז אין פון צו מיט נישט אז דער דאָס האָט ווי פאר ניט דאס האט האבן האָבן איך מיר זיך דעם וואס וואָס אויף
        געווען זיי אויך מען קען ווען וועט פֿון פֿאַר זײַן זיין אבער אָבער
    """,
}
_DEVANAGARI = {
    "hi": """
        के का में की है और से को पर ने यह कि हैं एक नहीं भी था इस वह हो तो कर लिए जो या थे थी ही गया किया अपने साथ बाद
    """,
    "mr": """
        आणि आहे या च्या मध्ये तो ते की हे ही असे होते आहेत मी त्या एक पण
    """,
    "ne": """
        छ र मा को हो पनि भने गर्न यो लागि का छन् थियो तर
    """,
}


def _by_word(languages: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """Which languages have a word."""
    found: dict[str, tuple[str, ...]] = {}
    for language, words in languages.items():
        for word in words.split():
            found[word] = (*found.get(word, ()), language)
    return found


WORDS = {
    "Latin": _by_word(_LATIN),
    "Cyrillic": _by_word(_CYRILLIC),
    "Arabic": _by_word(_ARABIC),
    "Hebrew": _by_word(_HEBREW),
    "Devanagari": _by_word(_DEVANAGARI),
}
_LETTERS = {
    "Latin": {
        "fr": "œùê", "sq": "ë", "de": "ß", "es": "ñ¿¡", "pt": "ãõ", "tr": "ğış", "pl": "łąęśźżń", "ro": "țșă", "hu": "őű",
        "vi": "ươđạảấầ", "cs": "řěů",
    },
    "Cyrillic": {"ru": "ыэё", "uk": "іїєґ", "be": "ў", "sr": "ђјљњћџ"},
    "Arabic": {"fa": "پچژ", "ur": "ٹڈڑےںہ", "ckb": "ڕێۆڵە", "ar": "ةىيكأإ"},
    "Hebrew": {"yi": "װױײ"},
    "Devanagari": {"mr": "ळ"},
    "Han": {
        # Simplified, and of the old forms those that Japanese has replaced; then what it has put in their place.
        "zh": (
            "这们为说时过还吗对动问见长间东门车马书话语让谁给进运边远连应该发华义习乡买卖产亲亿仅从价众优传伤头实开关亚网战军队总统选举"
            "难闻报视频认识请谢岁专业严乐无电气师带广张录归设许论评证词试详误读课调谈货责败质贫购贵费资赛轮软轻载较输辆达迟适递遗邮邻钱"
            "铁银错闭阳阴阵阶际陆陈险页顶项顺须顾预领题颜风飞饭馆验鱼鸟鸡龙你她您呢吧么哪啊"
            "爱图员县线级结经组织终绝维红约纪纯纸罗职联脑节苏获营补规觉议记讲讨讯训访诉诗谊贝财转轰农钟钢铺锁锋阅饮骑骗鲜鸣简单"
            "這們說嗎麼國會來學對點當萬發關區號戰爭讓樣實應臺灣從將裡還變邊傳體經總舉圖單價廣處數黨擔鐵醫藥氣"
        ),
        "ja": (
            "々戦歳沢駅円図団売変実対帰広応拝挙捜撃検楽様歓気済渋県発経総続縄聴脳蔵薬覚訳読豊転軽辺込鉄関闘陥険隠霊顔験髪竜黒働畑峠辻"
            "択滝焼産毎歩氷悩恵徳拠拡摂収処両仏仮価児剣剤剰労勧匂単厳圧塩壊嬢帯庁廃弾従徴抜掲暁枠桜栄権営釈銭雑頼駆鶏渓瀬犠猟獣畳砕稲"
            "粛絵継繊聡観譲賛遅郷酔隣"
        ),
    },
}  # fmt: skip
LETTERS = {
    script: {letter: language for language, letters in table.items() for letter in letters}
    for script, table in _LETTERS.items()
}
