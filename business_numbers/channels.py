"""How a webhook of each channel is taken apart and read: channel → (split, read)."""

from business_numbers import instagram, parsing

READERS = {
    "whatsapp": (parsing.split, parsing.read),
    "instagram": (instagram.split, instagram.read),
}
