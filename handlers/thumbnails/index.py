"""Thumbnails: S3 invokes asynchronously for each new picture.

Reads the object, makes an upright RGB JPEG of at most 256 x 256 pixels, and writes it to the bucket in
``THUMBNAIL_BUCKET`` as ``<key of the picture>.jpg``. An event may come twice and out of order: the same key gets the
same thumbnail, always that of the object as it is now.

What cannot be done raises. Lambda then retries and hands the event to the failure target; returning would lose it.
"""

import io
import logging
import os
import warnings
from typing import Any
from urllib.parse import unquote_plus

import boto3
from PIL import Image, ImageOps

SIZE = (256, 256)
FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")  # Pillow would start other programs for some others
Image.MAX_IMAGE_PIXELS = 40_000_000  # 160 MB decoded; a small file can claim far more

logger = logging.getLogger(__name__)
s3 = boto3.client("s3")


def handler(event: dict[str, Any], _context: object) -> None:
    """Make a thumbnail for each record of an S3 event notification."""
    if event.get("Event") == "s3:TestEvent":  # S3 sends it when the notification is set up
        return
    target = os.environ["THUMBNAIL_BUCKET"]
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        if bucket == target:
            raise ValueError(f"expected another bucket for thumbnails than {bucket}: each would invoke this again")
        key = unquote_plus(record["s3"]["object"]["key"])  # "a b.png" comes as "a+b.png"
        picture = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        thumbnail = make_thumbnail(picture)
        s3.put_object(Bucket=target, Key=f"{key}.jpg", Body=thumbnail, ContentType="image/jpeg")
        logger.info("thumbnail made", extra={"picture": key, "bytes_in": len(picture), "bytes_out": len(thumbnail)})


def make_thumbnail(picture: bytes) -> bytes:
    """Turn a picture in one of ``FORMATS`` into an upright RGB JPEG of at most 256 x 256 pixels.

    Raises
    ------
    PIL.UnidentifiedImageError, OSError
        If ``picture`` is in none of these formats, or broken.
    PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning
        If it has more than 40 million pixels.
    """
    with warnings.catch_warnings():
        # Up to twice the limit Pillow only warns.
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
            image.draft("RGB", (2 * SIZE[0], 2 * SIZE[1]))  # a JPEG is decoded at a fraction of its size
            upright = _without_transparency(ImageOps.exif_transpose(image))
    upright.thumbnail(SIZE)
    output = io.BytesIO()
    upright.save(output, "JPEG")  # without the picture's EXIF data, which may tell where it was taken
    return output.getvalue()


def _without_transparency(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    white = Image.new("RGB", layer.size, "white")
    white.paste(layer, mask=layer.getchannel("A"))
    return white
