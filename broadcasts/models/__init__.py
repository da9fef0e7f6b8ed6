from broadcasts.models.audiences import File, FileRow, Segment, SegmentMember
from broadcasts.models.broadcasts import Broadcast, Recipient
from broadcasts.models.rules import Ladder, Price

__all__ = [
    "Broadcast",
    "File",
    "FileRow",
    "Ladder",
    "Price",
    "Recipient",
    "Segment",
    "SegmentMember",
]
