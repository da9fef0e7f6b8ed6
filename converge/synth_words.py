"""Names and sentences nobody has said, in the proportions people use words."""

import itertools
import random

FIRST = (
    "Amina Aylin Bela Carla Chidi Dana Daniel Elif Emil Fatima Farah Greta Hugo Ida Ivan "
    "Jamal Jonas Kaya Laila Lena Luca Maya Mateo Mira Nadia Nils Olga Omar Paula Pedro Rana "
    "Rosa Sami Sofia Tariq Tilda Uma Viktor Wanda Yara Yusuf Zoe"
).split()
LAST = (
    "Adler Almeida Anders Bakker Baumann Bello Castro Conti Demir Dubois Eriksen Farouk "
    "Ferrari Fischer Garcia Haddad Hansen Ivanov Jansen Kaplan Keller Klein Kowalski Lange "
    "Lopes Meyer Moreau Novak Okafor Olsen Petrov Quist Rahman Ricci Sato Schmidt Silva "
    "Torres Ueda Vogel Weber Yilmaz Zeman"
).split()
THINGS = (
    "order parcel invoice return kettle lamp chair rug mirror shelf curtain cushion vase "
    "teapot blanket clock basket tray candle frame"
).split()
COLOURS = "white black green blue oak walnut brass grey red linen".split()
WHEN = (
    "today",
    "tomorrow",
    "on Monday",
    "this week",
    "before the weekend",
    "in the morning",
)
SHAPES = (
    "Where is my {thing}?",
    "Hello, is the {colour} {thing} still available?",
    "The {colour} {thing} arrived broken, can you help?",
    "Thank you!",
    "Can you deliver the {thing} {when}?",
    "We will send the {thing} {when}.",
    "Yes, that works for me, {when} is fine.",
    "I would like to return the {colour} {thing}, please.",
    "Your refund for the {thing} is on its way.",
    "Sorry for the wait, I am looking into the {thing} now.",
    "Do you have the {thing} in {colour}?",
    "Could you send me the invoice for the {colour} {thing} again {when}?",
)


def names(chance: random.Random) -> list[str]:
    """Some with two last names, so that a few are common and many are rare."""
    single = [f"{first} {last}" for first, last in itertools.product(FIRST, LAST)]
    double = [f"{name}-{last}" for name in single for last in LAST]
    chance.shuffle(double)
    return single * 10 + double


def sentence(chance: random.Random) -> str:
    return chance.choice(SHAPES).format(
        thing=chance.choice(THINGS),
        colour=chance.choice(COLOURS),
        when=chance.choice(WHEN),
    )
