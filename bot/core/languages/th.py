"""Pure. Thai. A space parts phrases and sentences alike, so no sentence is known to end but at a borrowed mark."""

from __future__ import annotations

from bot.core.languages.language import Language, words

LANGUAGE = Language(
    code="th",
    titles=words("ดร นาย นาง นางสาว น.ส ศ รศ ผศ พล.อ พล.ท พล.ต พ.อ พ.ท พ.ต ร.อ ม.ร.ว"),
    abbreviations=words("จ อ ต ถ ซ กทม โทร น ก.ม"),
    numbered=words("พ.ศ ค.ศ เลขที่ หมู่ ข้อ มาตรา หน้า"),
    months=words(
        """
        มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม ม.ค ก.พ มี.ค เม.ย
        พ.ค มิ.ย ก.ค ส.ค ก.ย ต.ค พ.ย ธ.ค
        """
    ),
    units=words(
        """
        กม กิโลเมตร เมตร ม ซม กก กิโลกรัม กรัม ตัน ลิตร ไร่ องศา เปอร์เซ็นต์ บาท ดอลลาร์ ยูโร ชั่วโมง นาที วินาที วัน
        สัปดาห์ เดือน ปี ศตวรรษ พัน หมื่น แสน ล้าน คน ราย ศพ ครั้ง หน้า เสียง น ตร.กม ตารางกิโลเมตร
        """
    ),
    links=words("ถึง และ หรือ"),
    sayers=words("ว่า กล่าว ถาม ตอบ บอก"),
    saying=r"[\u0e00-\u0e7f]{0,30}?(?:กล่าว|บอก|ถาม|ตอบ|ระบุ|เผย|พูด|ตะโกน|อธิบาย|ยืนยัน|ย้ำ|เขียน)",
    leads=words("ที่มา แหล่งที่มา อ้างอิง ลิงก์"),
)
