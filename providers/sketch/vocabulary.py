"""The words the sketch knows, and what each of them draws."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Habitat(StrEnum):
    """Where a subject belongs."""

    GROUND = "ground"
    MIDDLE = "middle"
    WATER = "water"
    AIR = "air"
    DEEP = "deep"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """A thing that can be drawn.

    `height` is its usual share of the picture's shorter side. `scenes` are where it is put when no word says so.
    """

    name: str
    words: tuple[str, ...]
    habitat: Habitat
    height: float
    scenes: tuple[str, ...]


def _nouns(table: str) -> tuple[Noun, ...]:
    nouns = []
    for row in table.strip().splitlines():
        name, words, habitat, height, scenes = (cell.strip() for cell in row.split("|"))
        nouns.append(
            Noun(
                name=name,
                words=(name, *words.split()),
                habitat=Habitat(habitat),
                height=float(height),
                scenes=tuple(scenes.split()),
            )
        )
    return tuple(nouns)


NOUNS = _nouns("""
fox            | vixen                              | ground | .36 | forest meadow winter
wolf           | coyote husky                       | ground | .36 | winter forest mountain
cat            | kitten kitty tabby                 | table  | .36 | interior meadow
dog            | puppy retriever labrador corgi hound | ground | .36 | meadow interior
deer           | stag elk reindeer moose doe fawn   | ground | .46 | forest mountain winter
bear           | grizzly panda                      | ground | .40 | forest mountain winter
rabbit         | bunny hare                         | ground | .30 | meadow forest
horse          | pony mare stallion unicorn         | ground | .46 | meadow desert mountain
elephant       | mammoth                            | ground | .46 | desert meadow
tiger          |                                    | ground | .38 | forest meadow
pig            | piglet hog                         | ground | .34 | meadow
giraffe        |                                    | ground | .58 | desert meadow
squirrel       | chipmunk                           | ground | .30 | forest
frog           | toad                               | ground | .26 | lake forest
campfire       | bonfire                            | ground | .26 | forest mountain
gift           | present box parcel                 | table  | .32 | studio interior
ball           | sphere orb basketball football     | table  | .30 | studio meadow
lion           | lioness                            | ground | .40 | desert meadow
sheep          | lamb goat                          | ground | .28 | meadow mountain
cow            | bull ox cattle                     | ground | .36 | meadow
penguin        |                                    | ground | .34 | winter
owl            |                                    | ground | .34 | forest
bird           | sparrow robin raven crow parrot eagle hawk seagull gull dove hummingbird | air | .24 | sky meadow sea
duck           | duckling goose                     | water  | .27 | lake
swan           |                                    | water  | .34 | lake
turtle         | tortoise                           | deep   | .32 | underwater
fish           | goldfish clownfish koi salmon trout angelfish                | deep   | .32 | underwater
shark          |                                    | deep   | .38 | underwater
whale          | orca                               | deep   | .46 | underwater sea
jellyfish      |                                    | deep   | .40 | underwater
octopus        | squid kraken                       | deep   | .36 | underwater
butterfly      | moth                               | air    | .22 | meadow
dragon         | wyvern                             | air    | .50 | mountain sky
dinosaur       | trex raptor                        | ground | .46 | forest desert
snail          |                                    | ground | .28 | meadow forest
ship           | galleon sailboat yacht schooner frigate | water | .50 | sea
boat           | rowboat canoe dinghy kayak         | water  | .28 | lake sea
lighthouse     | beacon                             | middle | .58 | sea
castle         | fortress palace citadel            | middle | .46 | mountain meadow
house          | home cottage cabin hut farmhouse barn chalet | middle | .32 | meadow village forest
windmill       | mill                               | middle | .46 | meadow
church         | chapel cathedral                   | middle | .44 | village meadow
temple         | pagoda shrine                      | middle | .46 | mountain lake
pyramid        | pyramids                           | middle | .42 | desert
tower          | skyscraper                         | middle | .56 | mountain city
tent           | camp campsite                      | ground | .34 | mountain forest
bridge         |                                    | water  | .50 | lake
car            | automobile taxi jeep convertible   | ground | .32 | city desert meadow
bus            | van truck camper                   | ground | .37 | city desert meadow
train          | locomotive tram                    | ground | .44 | mountain winter meadow
bicycle        | bike                               | ground | .40 | city meadow
motorcycle     | motorbike scooter                  | ground | .36 | city desert
airplane       | plane aeroplane aircraft jet       | air    | .36 | sky
balloon        | balloons                           | air    | .44 | mountain sky meadow
rocket         | spaceship spacecraft shuttle       | air    | .50 | space
ufo            | saucer                             | air    | .34 | city desert space
submarine      |                                    | deep   | .38 | underwater
astronaut      | cosmonaut spaceman                 | ground | .46 | space desert
robot          | android droid mech                 | ground | .44 | city studio desert
wizard         | witch mage sorcerer                | ground | .44 | forest mountain
knight         | warrior                            | ground | .44 | mountain meadow
person         | man woman girl boy child human traveler traveller hiker farmer king queen princess explorer dancer people lady hero portrait | ground | .40 | meadow mountain city
snowman        |                                    | ground | .38 | winter village
tree           | oak willow maple birch bonsai      | middle | .56 | meadow
palm           | palms                              | ground | .54 | desert sea
cactus         | cacti saguaro                      | ground | .40 | desert
rose           | roses peony                        | table  | .50 | studio meadow
flower         | flowers daisy blossom poppy        | table  | .44 | meadow studio
tulip          | tulips                             | table  | .44 | meadow studio interior
sunflower      | sunflowers                         | ground | .52 | meadow
mushroom       | mushrooms toadstool fungus         | ground | .32 | forest
apple          | fruit peach cherry                 | table  | .28 | interior studio
pumpkin        | pumpkins                           | table  | .28 | meadow interior
cake           | birthday cupcake                   | table  | .38 | interior studio
burger         | hamburger cheeseburger sandwich    | table  | .34 | studio interior
pizza          |                                    | table  | .38 | studio interior
mug            | cup coffee tea cappuccino          | table  | .30 | interior studio
teapot         | kettle                             | table  | .30 | interior studio
bottle         | wine perfume flask potion          | table  | .46 | studio interior
vase           | pot urn                            | table  | .40 | interior studio
book           | books novel                        | table  | .36 | interior
candle         | candles                            | table  | .36 | interior
lamp           | lantern                            | table  | .36 | interior forest
clock          | alarm                              | table  | .34 | interior studio
watch          | wristwatch smartwatch              | table  | .40 | studio
phone          | smartphone iphone telephone        | table  | .42 | studio
laptop         | computer                           | table  | .40 | interior studio
camera         |                                    | table  | .36 | studio
headphones     | headphone headset                  | table  | .40 | studio
earbuds        | earbud earphones airpods           | table  | .36 | studio
shoe           | shoes sneaker sneakers boot        | table  | .36 | studio
chair          | armchair stool throne              | table  | .46 | interior studio
guitar         | ukulele                            | table  | .54 | interior studio
umbrella       | parasol                            | table  | .40 | city studio
hat            | cap fedora                         | table  | .36 | studio
sword          | blade dagger                       | table  | .52 | mountain studio
crown          | tiara                              | table  | .34 | studio
key            |                                    | table  | .34 | studio
heart          | hearts love                        | table  | .36 | studio
crystal        | gem gemstone diamond ruby jewel    | table  | .36 | studio mountain
lollipop       | candy                              | table  | .44 | studio
globe          | earth                              | table  | .40 | studio interior
""")  # fmt: skip

SCENE_WORDS: dict[str, str] = {
    "sea": "sea ocean beach wave coast shore harbour harbor bay pier island port cliff lagoon seaside tide reef",
    "lake": "lake river pond fjord waterfall stream swamp canal",
    "city": "city street skyline building urban downtown cyberpunk tokyo york office rooftop alley metropolis town paris london",
    "forest": "forest wood woods jungle pine rainforest grove woodland fern",
    "space": "space galaxy planet nebula cosmos lunar orbit universe asteroid comet interstellar",
    "desert": "desert dune sand mars canyon oasis savanna sahara egypt",
    "village": "village hamlet christmas",
    "studio": "product studio advertisement packaging podium logo icon mockup background backdrop",
    "interior": "interior room kitchen window windowsill sill table desk shelf cafe bedroom library indoors fireplace",
    "underwater": "underwater coral seabed undersea abyss aquarium submerged",
    "mountain": "mountain alps valley peak summit landscape hill glacier volcano ridge",
    "winter": "snow snowy winter ice arctic antarctic frozen snowfield tundra",
    "sky": "sky cloud heaven flight clouds air",
    "meadow": "meadow field garden park countryside farm grass prairie pasture lawn orchard vineyard lavender",
}

SHOWN: dict[str, str] = {
    "sea": "sky cloud wave island",
    "lake": "sky cloud mountain peak valley hill landscape pine island",
    "city": "street building skyline sky cloud road town",
    "forest": "tree pine wood woods fern grass",
    "space": "star planet galaxy nebula sky moon",
    "desert": "sand dune sky mountain cloud canyon",
    "village": "house snow snowy winter hill pine tree sky",
    "studio": "background backdrop podium",
    "interior": "window sill windowsill room table plant",
    "underwater": "coral sea ocean reef sand tide",
    "mountain": "sky cloud valley hill peak ridge landscape pine grass tree",
    "winter": "snow snowy sky hill pine tree mountain ice frozen landscape",
    "sky": "cloud",
    "meadow": "grass hill sky cloud field flower flowers tree landscape",
}
"""Words of other scenes that a scene shows anyway."""

PALETTE_WORDS: dict[str, str] = {
    "neon": "neon cyberpunk synthwave vaporwave futuristic retrowave",
    "sunset": "sunset evening sundown fire fiery lava",
    "golden": "golden warm autumn autumnal fall honey",
    "dusk": "dusk twilight gloaming",
    "night": "night midnight moon moonlit moonlight starry stars dark nighttime nocturnal nebula galaxy aurora",
    "dawn": "dawn sunrise morning daybreak",
    "storm": "storm stormy rain rainy grey gray gloomy moody thunder thunderstorm lightning tempest dramatic",
    "mist": "mist misty fog foggy haze hazy overcast",
    "winter": "winter wintry snowy frozen arctic cold cool chilly icy",
    "day": "day noon sunny bright summer daylight midday spring afternoon sunlight",
    "pastel": "pastel soft dreamy kawaii cute",
}

SCENE_PALETTES: dict[str, str] = {
    "sea": "day sunset dawn golden dusk",
    "lake": "dawn day golden dusk mist",
    "city": "dusk night sunset neon dawn",
    "forest": "golden mist dawn day",
    "space": "night",
    "desert": "golden sunset day dusk",
    "village": "dusk night winter",
    "studio": "pastel golden day dusk",
    "interior": "golden day dawn",
    "underwater": "day",
    "mountain": "dawn sunset day golden dusk",
    "winter": "winter dawn dusk",
    "sky": "dawn sunset day golden pastel",
    "meadow": "day golden dawn sunset",
}

SEASON_WORDS: dict[str, str] = {
    "winter": "winter snow snowy snowing snowfall blizzard ice icy frozen arctic antarctic wintry christmas tundra snowman frost",
    "autumn": "autumn autumnal fall october november",
    "spring": "spring blossom cherry april",
    "summer": "summer june july",
}

WEATHER_WORDS: dict[str, str] = {
    "rain": "rain rainy raining storm stormy drizzle downpour tempest thunderstorm",
    "lightning": "lightning thunder thunderstorm storm stormy tempest",
    "snow": "snowing snowfall snowstorm blizzard snowflakes snow snowy",
    "fog": "fog foggy mist misty haze hazy",
    "aurora": "aurora borealis northern",
    "rainbow": "rainbow",
    "fireflies": "firefly fireflies magical magic enchanted fairy glowing",
    "stars": "star stars starry starlight constellation",
    "moon": "moon moonlit moonlight",
    "sun": "sun",
}

COLOURS: dict[str, str] = {
    "red": "d0342c", "crimson": "b3122e", "scarlet": "e0301e", "orange": "ee7f2a", "amber": "f2a93b",
    "yellow": "f2c832", "gold": "dba935", "green": "4c9a4a", "emerald": "1f9d68", "lime": "9bcf3a",
    "olive": "7d8a3a", "teal": "1f8f8f", "turquoise": "35bdb2", "cyan": "2fc3dc", "aqua": "4cc9d6",
    "blue": "2f6bd0", "navy": "23407f", "azure": "3d8fe0", "indigo": "4a3fae", "purple": "8244b8",
    "violet": "8a52d0", "lilac": "b998dc", "magenta": "cf3da0", "pink": "ee8fb4", "white": "f2f2ee",
    "ivory": "f0e9d6", "cream": "f0e4c8", "black": "2a2b31", "silver": "b9c0c8", "grey": "8b9097",
    "gray": "8b9097", "brown": "8a5a36", "copper": "b8703f", "bronze": "a3763c", "beige": "d9c4a0",
}  # fmt: skip

STYLE_WORDS: dict[str, str] = {
    "watercolor": "watercolor watercolour aquarelle",
    "oil painting": "oil",
    "impressionist": "impressionist impressionism monet",
    "starry night": "gogh",
    "stained glass": "stained mosaic cubist cubism picasso",
    "pencil": "pencil etching sepia charcoal graphite",
    "comic": "comic ink manga",
    "expressionist": "expressionist expressionism",
    "woodcut": "woodcut linocut engraving",
    "pop art": "warhol",
}
"""Words in a prompt that ask for a style by themselves."""

NUMBERS: dict[str, int] = {
    "two": 2, "pair": 2, "couple": 2, "three": 3, "four": 4, "five": 5, "several": 3, "many": 5,
    "herd": 5, "flock": 5, "group": 4, "school": 5, "fleet": 3,
}  # fmt: skip

EXTRAS: dict[str, tuple[str, ...]] = {
    "mountain": ("house", "tent", "deer"),
    "lake": ("boat",),
    "forest": ("deer", "rabbit"),
    "desert": ("cactus",),
    "village": ("church",),
    "winter": ("house",),
    "sky": ("balloon",),
    "underwater": ("turtle", "fish"),
    "meadow": ("house", "windmill", "tree", "sheep"),
    "interior": ("vase", "mug"),
    "studio": ("ball",),
}
"""What gives a scene life, small and far, when the prompt names no subject."""
