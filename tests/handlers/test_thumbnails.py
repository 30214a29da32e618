import io
import os
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any, Literal

import pytest
from PIL import Image, ImageDraw


class InMemoryS3:
    """The two calls of an S3 client that the handler makes."""

    def __init__(self, objects: dict[tuple[str, str], bytes]) -> None:
        self.objects = objects
        self.content_types: dict[tuple[str, str], str] = {}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 (names of boto3)
        return {"Body": io.BytesIO(self.objects[Bucket, Key])}

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> None:  # noqa: N803
        self.objects[Bucket, Key] = Body
        self.content_types[Bucket, Key] = ContentType


@pytest.fixture
def thumbnails(load_handler: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("THUMBNAIL_BUCKET", "thumbnails")
    limit = Image.MAX_IMAGE_PIXELS
    module = load_handler("thumbnails")
    pixels = Image.MAX_IMAGE_PIXELS
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)  # so that the end of the test restores it …
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", pixels)  # … and the test itself has the handler's
    return module


def event(*keys: str, bucket: str = "pictures") -> dict[str, Any]:
    """Make an S3 event notification; S3 sends keys URL-encoded."""
    records = [
        {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": {"key": k}}} for k in keys
    ]
    return {"Records": records}


def encode(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    output = io.BytesIO()
    image.save(output, format, **options)
    return output.getvalue()


def run(thumbnails: ModuleType, monkeypatch: pytest.MonkeyPatch, picture: bytes) -> Image.Image:
    client = InMemoryS3({("pictures", "a.png"): picture})
    monkeypatch.setattr(thumbnails, "s3", client)
    thumbnails.handler(event("a.png"), None)
    assert client.content_types == {("thumbnails", "a.png.jpg"): "image/jpeg"}
    thumbnail = Image.open(io.BytesIO(client.objects["thumbnails", "a.png.jpg"]))
    assert (thumbnail.format, thumbnail.mode) == ("JPEG", "RGB")
    return thumbnail


@pytest.mark.parametrize(
    ("size", "expected"),
    [((1024, 512), (256, 128)), ((300, 900), (85, 256)), ((40, 30), (40, 30)), ((9000, 1), (256, 1))],
)
def test_a_picture_fits_into_the_square(
    thumbnails: ModuleType, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    assert run(thumbnails, monkeypatch, encode(Image.new("RGB", size, "navy"))).size == expected


@pytest.mark.parametrize("format", ["AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP"])
def test_common_formats(thumbnails: ModuleType, monkeypatch: pytest.MonkeyPatch, format: str) -> None:
    thumbnail = run(thumbnails, monkeypatch, encode(Image.new("RGB", (600, 600), (200, 30, 30)), format))

    red, green, blue = pixel(thumbnail, (128, 128))
    assert red > 180
    assert green < 50
    assert blue < 50


@pytest.mark.parametrize(
    ("mode", "format"), [("1", "PNG"), ("L", "PNG"), ("P", "PNG"), ("I;16", "PNG"), ("CMYK", "JPEG"), ("LA", "PNG")]
)
def test_every_colour_mode_becomes_rgb(
    thumbnails: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    mode: Literal["1", "L", "P", "I;16", "CMYK", "LA"],
    format: str,
) -> None:
    assert run(thumbnails, monkeypatch, encode(Image.new(mode, (512, 512)), format)).size == (256, 256)


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_the_picture_is_turned_upright(
    thumbnails: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    format: str,
) -> None:
    image = Image.new("RGB", (1200, 600), "white")
    ImageDraw.Draw(image).rectangle((0, 0, 599, 599), fill="black")  # the left half
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: the camera was held upright, turn by 90 degrees clockwise
    exif[0x010F] = "maker of the camera"

    thumbnail = run(thumbnails, monkeypatch, encode(image, format, exif=exif))

    assert thumbnail.size == (128, 256)
    assert max(pixel(thumbnail, (64, 40))) < 30  # left has become top
    assert min(pixel(thumbnail, (64, 216))) > 225
    assert dict(thumbnail.getexif()) == {}


def test_transparency_becomes_white(thumbnails: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    thumbnail = run(thumbnails, monkeypatch, encode(Image.new("RGBA", (50, 50), (0, 0, 0, 0))))

    assert pixel(thumbnail, (25, 25)) == (255, 255, 255)


def pixel(image: Image.Image, at: tuple[int, int]) -> tuple[int, ...]:
    value = image.getpixel(at)
    assert isinstance(value, tuple)
    return tuple(int(channel) for channel in value)


def test_keys_are_decoded(thumbnails: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = encode(Image.new("RGB", (10, 10)))
    client = InMemoryS3({("pictures", "my trip/Zürich+1.png"): picture, ("pictures", "b.png"): picture})
    monkeypatch.setattr(thumbnails, "s3", client)

    thumbnails.handler(event("my+trip/Z%C3%BCrich%2B1.png", "b.png"), None)

    assert {key for bucket, key in client.objects if bucket == "thumbnails"} == {
        "my trip/Zürich+1.png.jpg",
        "b.png.jpg",
    }


def test_a_repeated_event_changes_nothing(thumbnails: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    client = InMemoryS3({("pictures", "a.png"): encode(Image.effect_mandelbrot((400, 300), (-2, -1, 1, 1), 50))})
    monkeypatch.setattr(thumbnails, "s3", client)

    thumbnails.handler(event("a.png"), None)
    first = dict(client.objects)
    thumbnails.handler(event("a.png"), None)

    assert client.objects == first


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"no picture",
        encode(Image.effect_mandelbrot((400, 300), (-2, -1, 1, 1), 50))[:-2_000],
        encode(Image.effect_mandelbrot((400, 300), (-2, -1, 1, 1), 50).convert("RGB"), "JPEG")[:2_000],
        encode(Image.new("RGB", (9, 9)), "EPS"),
    ],
    ids=["empty", "text", "truncated PNG", "truncated JPEG", "program"],
)
def test_a_broken_picture_raises(thumbnails: ModuleType, monkeypatch: pytest.MonkeyPatch, picture: bytes) -> None:
    client = InMemoryS3({("pictures", "a.png"): picture})
    monkeypatch.setattr(thumbnails, "s3", client)

    with pytest.raises(OSError, match=r"cannot identify image file|truncated"):
        thumbnails.handler(event("a.png"), None)

    assert list(client.objects) == [("pictures", "a.png")]


@pytest.mark.parametrize(
    ("size", "error"),
    [((8_000, 6_000), Image.DecompressionBombWarning), ((10_000, 10_000), Image.DecompressionBombError)],
)
def test_a_decompression_bomb_is_refused(thumbnails: ModuleType, size: tuple[int, int], error: type[Exception]) -> None:
    bomb = encode(Image.new("1", size))
    assert len(bomb) < 20_000

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in Lambda; pytest turns warnings into errors here
        with pytest.raises(error, match="exceeds limit"):
            thumbnails.make_thumbnail(bomb)


def test_a_missing_object_raises(thumbnails: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnails, "s3", InMemoryS3({}))

    with pytest.raises(KeyError):
        thumbnails.handler(event("gone.png"), None)


def test_thumbnails_never_go_into_the_bucket_of_the_pictures(thumbnails: ModuleType) -> None:
    with pytest.raises(ValueError, match="expected another bucket for thumbnails than thumbnails"):
        thumbnails.handler(event("a.png", bucket="thumbnails"), None)


def test_the_event_of_a_new_notification_is_ignored(thumbnails: ModuleType) -> None:
    test_event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "pictures"}

    assert thumbnails.handler(test_event, None) is None


def test_another_event_raises(thumbnails: ModuleType) -> None:
    with pytest.raises(KeyError, match="Records"):
        thumbnails.handler({"detail": {}}, None)
