"""Which +1 numbers lie in the United States: marketing does not reach those."""

# Everything else under +1: Canada, the Caribbean, and codes nobody has.
ELSEWHERE = frozenset(
    "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 387 403 416 418 428 "
    "431 437 438 450 460 468 474 506 514 519 537 548 579 581 584 587 604 613 639 647 "
    "672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905 942 242 246 "
    "264 268 284 340 345 441 473 649 658 664 721 758 767 784 809 829 849 868 869 876 "
    "555 800 833 844 855 866 877 888".split()
)


def is_united_states(digits: str) -> bool:
    return len(digits) == 11 and digits[0] == "1" and digits[1:4] not in ELSEWHERE
