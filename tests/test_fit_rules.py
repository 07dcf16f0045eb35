"""What each network makes of pictures decides what it is sent; and fitted pictures are kept, and bounded in memory."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from bot.media import coding, palettes, search
from bot.media import fit as fitting_room
from bot.media.budget import Budget
from bot.media.fit import fit, fitting_key, restored
from bot.media.sampling import has_sharp_colours, is_flat
from tests.test_fit import distance, drawn, located, photographed, reopened, rules, same_pixels, saved

PALETTES = replace(rules(5_000_000), picture_palette=True, picture_quality=85)  # as X


def shaded():
    """A map in hundreds of colours, still flat."""
    image = drawn(800)
    return Image.blend(image, Image.linear_gradient("L").resize(image.size).convert("RGB"), 0.2)


def counted(monkeypatch):
    """The sizes of what is encoded from now on."""
    sizes, encoded = [], coding.encoded
    for room in (coding, search):
        monkeypatch.setattr(room, "encoded", lambda image, way: sizes.append(image.size) or encoded(image, way))
    return sizes


# Where all but palettes is turned into JPEG


def test_a_map_of_few_colours_leaves_as_a_palette_with_the_same_pixels():
    for image in (drawn().quantize(99).convert("RGB"), drawn().convert("L"), drawn().quantize(20).convert("RGBA")):
        fitted = fit(saved(image), "", PALETTES)
        assert reopened(fitted).mode == "P"
        assert same_pixels(reopened(fitted), image)


def test_a_map_of_many_colours_leaves_as_a_palette_of_nearly_the_same_pixels():
    fitted = fit(saved(shaded()), "", PALETTES)
    assert reopened(fitted).mode == "P"
    assert reopened(fitted).size == (800, 800)
    assert distance(reopened(fitted), shaded()) < 2  # 42 dB


def test_a_photo_that_must_be_made_smaller_leaves_as_a_jpeg_that_is_not_coded_again():
    fitted = fit(saved(photographed()), "", replace(PALETTES, picture_bytes=600_000))
    assert fitted.picture.mime == "image/jpeg"
    assert "JPEG quality 85" in fitted.notes[0]


def test_palettes_and_whatever_is_not_drawn_are_sent_as_they_came():
    photo = photographed()
    for data in (saved(drawn().quantize(9)), saved(photo, "JPEG", quality=95), saved(photo), saved(photo, "WEBP")):
        assert fit(data, "", PALETTES).data == data


# Full size for longer


def test_where_there_is_room_quality_ends_where_nothing_more_is_seen():
    fitted = fit(saved(photographed()), "", rules(300_000, types=("image/webp",)))
    assert "quality 97" in fitted.notes[0]


def test_a_drawn_picture_gives_up_colours_down_to_sixteen_before_pixels():
    image, limits = shaded(), rules(types=("image/png",))
    sixteen = len(coding.encoded(palettes.reduced(image, 16), coding.PNG))
    fitted = fit(saved(image), "", replace(limits, picture_bytes=sixteen))
    assert (reopened(fitted).size, fitted.notes[0].split("→")[1][:15]) == (image.size, " PNG 16 colours")


def test_a_photo_gives_up_quality_down_to_ten_before_pixels():
    image = photographed()
    twelve = len(coding.encoded(image, coding.CAREFUL.with_options(quality=12)))
    assert "WebP quality 12" in fit(saved(image), "", rules(twelve, types=("image/webp",))).notes[0]


# As little work as possible


def test_quality_is_found_on_a_sample_with_two_encodings_of_all_at_most(monkeypatch):
    image = photographed(1600)
    data = saved(image)
    sizes = counted(monkeypatch)
    fitted = fit(data, "", rules(500_000))
    assert 0.9 * 500_000 < len(fitted.data) <= 500_000
    assert sizes.count(image.size) <= 2


def test_what_is_lossless_at_the_first_try_is_encoded_once(monkeypatch):
    image = drawn(2400)
    data = saved(image, compress_level=0)
    sizes = counted(monkeypatch)
    assert same_pixels(reopened(fit(data, "", rules(400_000))), image)
    assert sizes.count(image.size) == 1


def test_fewer_colours_are_found_in_two_rounds_better_than_by_cutting_alone():
    image = shaded()

    def error(palette):
        return sum(ImageStat.Stat(ImageChops.difference(palette.convert("RGB"), image)).sum2)

    assert error(palettes.reduced(image, 64)) < error(image.quantize(64, Image.Quantize.MEDIANCUT))


def test_maps_and_photos_are_told_apart():
    assert is_flat(drawn(800))
    assert not is_flat(photographed())


def test_coloured_lettering_is_seen_and_a_scene_in_soft_colours_is_not():
    image = Image.radial_gradient("L").resize((600, 600)).convert("RGB")
    assert not has_sharp_colours(image)
    pen = ImageDraw.Draw(image)
    for number in range(120):
        pen.text((number % 6 * 100, number // 6 * 30), "Mostyszcze", "red")
    assert has_sharp_colours(image)


# Kept for the next time


def test_what_was_kept_is_what_was_fitted_with_the_alt_text_of_today():
    fitted = fit(saved(photographed(), "JPEG", exif=located()), "yesterday", rules(30_000))
    again = restored(json.loads(json.dumps(fitted.record())), fitted.data, "today")
    assert again == replace(fitted, picture=replace(fitted.picture, alt="today"))
    with pytest.raises(ValueError, match="not those"):
        restored(fitted.record(), fitted.data + b"x", "")


def test_the_key_tells_pictures_and_limits_apart_and_nothing_else():
    base = rules(9)
    changes = [{"picture_bytes": 8}, {"picture_pixels": 7}, {"picture_types": ()}, {"picture_palette": True}]
    others = [replace(base, **change) for change in [*changes, {"picture_quality": 6}]]
    keys = {fitting_key("a", each) for each in (base, *others)} | {fitting_key("b", base)}
    assert len(keys) == 7
    assert fitting_key("a", replace(base, length=1, source="elsewhere")) == fitting_key("a", base)


# Memory


def test_work_that_would_pass_the_budget_waits_for_other_work():
    budget, most, now, lock = Budget(100, 60), [0], [0], threading.Lock()

    def job(size):
        with budget.kept(size), budget.work(50):
            with lock:
                now[0] += size + 50
                most[0] = max(most[0], now[0])
            threading.Event().wait(0.001)
            with lock:
                now[0] -= size + 50

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(job, [10, 20, 40, 5] * 10))
    assert 0 < most[0] <= 100


def test_pictures_fitted_side_by_side_are_what_they_are_one_after_the_other():
    data = [saved(drawn(300, seed)) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda each: fit(each, "", rules(9_000)), data)) == [fit(each, "", rules(9_000)) for each in data]


def test_large_pictures_are_fitted_one_at_a_time(monkeypatch):
    monkeypatch.setattr(fitting_room, "LARGE", 100)
    busy, most, fitting = [0], [0], fitting_room._fitting

    def slow(*args):
        busy[0] += 1
        most[0] = max(most[0], busy[0])
        threading.Event().wait(0.01)
        busy[0] -= 1
        return fitting(*args)

    monkeypatch.setattr(fitting_room, "_fitting", slow)
    data = [saved(drawn(40, seed)) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: fit(each, "", rules()), data))
    assert most == [1]
