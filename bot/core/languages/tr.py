"""Pure. Turkish. "3." is "third", and a verb stands last: who said it comes behind a quote, with "dedi"."""

from __future__ import annotations

from bot.core.languages.language import Language, lines, phrases, words

LANGUAGE = Language(
    code="tr",
    titles=words(
        """
        dr prof doç yrd av uzm öğr gör arş müh sn bay bayan alb yb bnb yzb tğm org korg tümg tuğg hz st mr mrs
        """
    ),
    abbreviations=words(
        """
        örn bk krş yak yy cad sok mah blv bul apt tel çev der ed yay ör ort maks min çvş
        """
    ),
    closing=words("vb vs vd a.ş ltd şti m.ö m.s t.c inc corp"),
    numbered=words(
        """
        no nr s ss sf syf md şek tab böl cilt c fig bkz oca şub mar nis may haz tem ağu eyl eki kas ara
        """
    ),
    phrases=phrases("M. Ö. | M. S. | A. Ş. | T. C. | Yrd. Doç. | Prof. Dr. | Ltd. Şti. | ve ark."),
    months=words("ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık"),
    units=words(
        """
        lira dolar avro euro kuruş saat dakika saniye gün hafta ay yıl yüzyıl bin milyon milyar trilyon kilometre metre
        hektar kilo kilogram ton gram litre derece yüzde kişi asker ölü yaralı kez defa puan sayfa oy tank füze
        """
    ),
    scales=words("bin milyon milyar trilyon"),
    links=words("ile ve veya ila x"),
    starters=words(
        """
        bu şu o bunlar şunlar onlar ben sen biz siz bir iki üç ama fakat ancak ve veya ya çünkü eğer ise sonra önce daha
        şimdi bugün dün yarın burada orada nerede ne neden niçin nasıl kim hangi kaç her hiç bazı birçok çok tüm bütün evet
        hayır değil yine artık ayrıca böylece bunun buna bunu onun ona onu için göre kadar gibi hem hatta yani oysa belki
        henüz
        """
    ),
    lettered=words(
        """
        plan vitamin grup bölge hepatit nokta tip sınıf kategori seri bölüm harf seçenek aşama ek bina kapı hat seviye blok
        """
    ),
    leaning=words("bir bu şu o ve veya ya ile çok daha en her hiç ki de da"),
    conjunctions=lines("ama | fakat | ancak | çünkü | eğer | oysa | yani | hatta | ya da"),
    particles=words("de von van der el al ibn bin ebu"),
    sayers=words("dedi söyledi açıkladı sordu yazdı"),
    saying=r"(?:diye\s|de(?:di|r|mek|yen)|sordu|cevap|yanıt|şeklinde\s)",
    leads=words("kaynak kaynaklar bağlantılar fotoğraflar harita haritalar videolar"),
    ordinals=True,
)
