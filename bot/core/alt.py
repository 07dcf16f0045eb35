"""Pure. What counts as a picture's alt text: words about it; not the name of its file, and not the word “picture”.

What cameras, telephones and office programs call a picture is made of words for "picture", numbers and endings; so is what an
author writes who means to fill a field. One list of such words, in the languages that the house knows, tells both.
"""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

import regex

ADVICE = "describe it between the brackets, so that it can be read aloud"
ACCEPT = 'write alt = "…" into the map, in your words or in these, made from its data:'
SHOWN = 40  # characters of an alt text in a message

# A line a language; the first two are of all: endings, and what devices and programs write.
_NOTHING = """
    png jpg jpeg jpe jfif webp gif heic heif avif tif tiff bmp svg pdf raw nef arw dng
    img imgp dsc dscn dscf dcim pxl mvimg pano vid mov gopr wa whatsapp signal telegram unnamed untitled export scan fullsize
    image images picture pictures pic photo photos photograph map maps chart graph graphic figure fig drawing illustration
    screenshot screen shot screencap screengrab file attachment copy final alt text description the a an of at this my no number
    carte cartes image images photo photos photographie figure graphique illustration dessin capture écran ecran fichier copie
    le la les l un une de du des d à a n numéro sans titre
    karte karten bild bilder foto fotos fotografie abbildung abb grafik illustration zeichnung bildschirmfoto bildschirmaufnahme
    der die das ein eine vom von um nr kopie datei unbenannt
    mapa mapas imagen imágenes foto fotos fotografía figura gráfico ilustración dibujo captura pantalla archivo copia
    el la los las un una de del sin título
    mappa mappe carta immagine immagini foto fotografia figura grafico illustrazione disegno schermata istantanea il lo i gli di
    imagem imagens fotografia gráfico ilustração desenho tela ecrã arquivo cópia o os as um uma do da sem
    карта карты изображение картинка картинки фото фотография рисунок рис график иллюстрация снимок экрана скриншот файл копия
    мапа карта зображення картинка світлина фото фотографія малюнок рисунок графік ілюстрація знімок екрана скріншот копія
    harita resim görsel görüntü fotoğraf foto şekil grafik çizim ekran görüntüsü alıntısı dosya kopya bir
    خريطة الخريطة صورة الصورة صور شكل رسم لقطة شاشة الشاشة ملف
    מפה המפה תמונה התמונה צילום תצלום איור תרשים גרף מסך קובץ
    नक्शा मानचित्र चित्र तस्वीर फोटो फ़ोटो छवि स्क्रीनशॉट रेखाचित्र
    地图 地圖 图片 圖片 图像 圖像 照片 图 圖 截图 截圖 插图 图表
    地図 画像 写真 図 絵 スクリーンショット スクショ イラスト グラフ マップ イメージ
    지도 이미지 사진 그림 스크린샷 도표 그래프
    แผนที่ รูป ภาพ รูปภาพ ภาพถ่าย ภาพหน้าจอ แผนภูมิ
"""
_BETWEEN = regex.compile(r"[\s\p{P}\p{S}\p{C}]+")  # not \W: it would cut Thai and Hindi words at their vowels
_FILE = regex.compile(r"\S+\.(png|jpe?g|webp|gif|hei[cf]|avif|tiff?|bmp|svg)", regex.IGNORECASE)
_NUMBER = regex.compile(r"\p{N}+")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")


def no_alt(alt: str, source: str, proposed: str = "") -> str:
    """Why this is no alt text for the picture in the file `source`, and what to do, in words; empty where it is one.
    `proposed` is what can be said of a map from its data."""
    advice = f"{ACCEPT} “{proposed}”" if proposed else ADVICE
    if not alt.strip():
        return f"{source} has no alt text – {advice}"
    words, name = _words(alt), PurePosixPath(source)
    # "flooded bridge in Saumur.png" is a file with a good name: only short ones say nothing about a picture
    named = words in (_words(name.name), _words(name.stem)) and len(alt.split()) < 3
    if any(map(_tells, words)) and not named and not _FILE.fullmatch(alt.strip()):
        return ""
    shown = alt if len(alt) <= SHOWN else f"{alt[: SHOWN - 1]}…"
    return f"{source} has “{shown}” for its alt text, which does not say what it shows – {advice}"


def _words(text: str) -> list[str]:
    folded = text.casefold().replace("ı", "i").replace("i\u0307", "i")  # Turkish has two of them, and capitals of both
    return [word for word in _BETWEEN.split(unicodedata.normalize("NFC", folded)) if word]


NOTHING = frozenset(_words(_NOTHING))


def _tells(word: str) -> bool:
    """Whether a word says something of a picture. One with a number in it is a file's, but for scripts that part no words."""
    rest = _NUMBER.sub("", word)
    return bool(rest) and rest not in NOTHING and (rest == word or bool(_UNSPACED.search(rest)))
