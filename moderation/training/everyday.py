"""Everyday prompts put together from lists: what most people ask for most of the time.

The hand-written prompts are crowded with hard cases. A head trained on them alone thinks every other prompt is one; these
plain ones teach it what the world is mostly made of. They are combined by counting, so the same come out every time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

COUNT = 3_000


def _listed(text: str) -> tuple[str, ...]:
    return tuple(" ".join(item.split()) for item in text.split(";") if item.strip())


_SOMEONE = _listed(
    """
    a man; a woman; an old man; an old woman; a girl; a boy; a child; two friends; three sisters; a couple; a family; a crowd;
    a group of people; a teenager; a baby; a grandmother; a grandfather; a father; a mother; twin brothers; a student; a teacher;
    a doctor; a nurse; a chef; a waiter; a farmer; a fisherman; a sailor; a soldier; a policeman; a firefighter; a pilot; an
    astronaut; a scientist; a painter; a dancer; a singer; a drummer; a photographer; a carpenter; a mechanic; a plumber; a
    tailor; a barber; a judge; a monk; a nun; a king; a queen; a princess; a knight; a wizard; a witch; a pirate; a cowboy; a
    samurai; a ninja; a viking; a ghost; a skeleton; a zombie; a vampire; a robot; an alien; a mermaid; an angel; a devil; a
    superhero; a clown; a spy; a detective; a businessman; a tourist; a hiker; a runner; a cyclist; a boxer; a wrestler; a
    goalkeeper; a tall man with a beard; a woman with long hair; a man in a suit; a woman in a red dress; a bald man; a black
    man; a white woman; an asian man; an indian woman; a native american man; a jewish man; a muslim woman; a young couple
    """
)
_CREATURE = _listed(
    """
    a cat; a black cat; a kitten; a dog; a puppy; a poodle; a bulldog; a wolf; a fox; a bear; a panda; a lion; a tiger; a leopard;
    an elephant; a giraffe; a zebra; a hippo; a rhino; a monkey; a gorilla; a chimpanzee; a kangaroo; a koala; a horse; a donkey;
    a cow; a bull; a pig; a goat; a sheep; a rabbit; a hamster; a mouse; a rat; a squirrel; a beaver; a hedgehog; a bat; an owl; an
    eagle; a hawk; a crow; a parrot; a penguin; a chicken; a rooster; a duck; a goose; a swan; a flamingo; a snake; a cobra; a
    lizard; a crocodile; a turtle; a frog; a fish; a shark; a whale; a dolphin; an octopus; a crab; a lobster; a jellyfish; a
    snail; a spider; a scorpion; an ant; a bee; a wasp; a butterfly; a beetle; a cockroach; a worm; a dinosaur; a dragon; a
    unicorn; a phoenix; a two headed dog
    """
)
_THING = _listed(
    """
    a car; a truck; a bus; a train; a bicycle; a motorcycle; a ship; a submarine; a plane; a helicopter; a rocket; a tank; a house;
    a castle; a church; a temple; a mosque; a bridge; a tower; a lighthouse; a skyscraper; a barn; a hut; a tent; a chair; a
    table; a sofa; a bed; a lamp; a clock; a mirror; a door; a window; a staircase; a piano; a guitar; a violin; a trumpet; a
    drum; a book; a newspaper; a letter; a pencil; a laptop; a phone; a camera; a television; a radio; a light bulb; a candle;
    a knife; a fork; a spoon; a cup; a bottle; a glass of water; a teapot; a plate; a pizza; a burger; a hot dog; a sandwich; a
    cake; an apple; a banana; an orange; a lemon; a tomato; an onion; a carrot; a mushroom; an egg; a loaf of bread; a cheese;
    a bowl of soup; a coffee; a beer; a wine glass; a hat; a shoe; a glove; a scarf; a coat; an umbrella; a backpack; a
    suitcase; a ring; a crown; a mask; a sword; a shield; an axe; a hammer; a saw; a rope; a chain; a key; a lock; a box; a ball; a
    kite; a doll; a toy; a balloon; a chess piece; a dice; a tree; a flower; a rose; a cactus; a leaf; a rock; a skull; a bone; a
    feather; a shell; a cloud; a moon; a star; a planet; a mountain; a volcano; a river; a waterfall; an island; a cube; a
    sphere; a pyramid; a cone; a red square; a blue triangle; a green circle; a heart; an eye; a hand; a foot; a nose; a flag
    """
)
_DOING = _listed(
    """
    reading a book; drinking coffee; eating an apple; eating noodles; cooking; baking bread; washing dishes; sleeping; dreaming;
    laughing; crying; shouting; whispering; singing; dancing; playing the piano; playing chess; playing football; playing
    cards; painting a wall; drawing; writing a letter; typing; talking on the phone; taking a photo; watching television;
    waiting for a bus; driving a car; riding a bicycle; riding a horse; sailing; rowing; swimming; diving; surfing; skiing;
    running; jumping; climbing; falling; flying; walking in the rain; standing in a doorway; sitting on a bench; lying in the
    grass; kneeling; hugging; holding hands; holding an umbrella; holding a sign; holding a sword; carrying a box; pulling a
    rope; pushing a cart; throwing a ball; catching a fish; chasing a butterfly; hiding behind a tree; looking into a mirror;
    looking out of a window; looking at the stars; pointing at the moon; wearing a hat; wearing sunglasses; wearing a
    raincoat; with an open mouth; with closed eyes; feeding ducks; planting a tree; cutting wood; cutting a cake; fixing an
    engine; building a wall; sweeping the floor; fighting a dragon; shooting an arrow; breaking a plate; opening a present;
    blowing out a candle; making a toast; giving a speech; teaching a class; praying; meditating; doing yoga;
    lifting weights; arguing; voting; shopping; counting money; painting a portrait of a cat; juggling knives
    """
)
_PLACE = _listed(
    """
    in a forest; in the desert; on a beach; on a mountain; by a lake; under water; in the snow; in the rain; in a storm; in the fog;
    in space; on the moon; on mars; in a garden; in a park; in a field; on a farm; in a village; in a big city; on a street; in an
    alley; on a roof; on a bridge; in a subway; at a train station; at an airport; in a plane; in a kitchen; in a living room; in a
    bedroom; in a bathroom; in an office; in a classroom; in a library; in a museum; in a hospital; in a court; in a church; in a
    castle; in a cave; in a factory; in a mine; in a supermarket; in a restaurant; in a bar; in a cinema; in a theatre; on a
    stage; in a stadium; in a gym; at a wedding; at a funeral; at a birthday party; at a carnival; at a protest; at school; in
    prison; in ancient rome; in ancient egypt; in the middle ages; in the year 2100; in new york; in paris; in london; in tokyo;
    in beijing; in moscow; in cairo; in rio; in sydney; in mumbai; in berlin; next to a river; in front of a pyramid; on the
    left of a tree; above a cloud; below a table; inside a bottle; on top of a car; between two houses; at night; at sunrise
    """
)
_LOOK = _listed(
    """
    oil painting; watercolor; pencil sketch; charcoal drawing; ink drawing; woodcut; photograph; black and white photo; macro
    photo; aerial view; wide shot; close-up; portrait; cartoon; comic; manga; anime; pixel art; low poly; 3d render; claymation;
    paper cut; origami; stained glass; mosaic; tapestry; statue; marble sculpture; logo; icon; sticker; poster; book cover;
    album cover; postage stamp; children's book illustration; in the style of van gogh; in the style of picasso; in the style
    of monet; in the style of hokusai; surrealism; cubism; pop art; art deco; steampunk; cyberpunk; minimalist; vintage; 8k,
    highly detailed; cinematic lighting
    """
)
_NOTION = _listed(
    """
    love; hate; fear; anger; joy; sadness; jealousy; pride; shame; guilt; hope; despair; freedom; slavery; peace; war; life; death;
    birth; time; space; energy; matter; chaos; order; beauty; ugliness; truth; lies; justice; crime; punishment; power;
    weakness; money; poverty; greed; hunger; sleep; dreams; nightmares; silence; noise; music; speed; gravity; evolution;
    revolution; democracy; monarchy; religion; science; history; the future; the past; nothing; everything; infinity; zero;
    winter; summer; fire; water; earth; air; light; darkness; the sun; heaven; hell; america; europe; africa; asia; the
    internet; artificial intelligence; a brain; a hero; an enemy; friendship; betrayal; loneliness; a family tree; a new
    beginning; the end of the world; a battle; a victory; a defeat; a wish; a secret; a promise; a mistake; a riddle; sickness;
    health; medicine; poison; the police; an army; a king's death; an election; a strike; a lie; an accident; a flood; an
    earthquake; a hurricane; an explosion of colour; a disaster; a rescue; the human body; skin; blood cells; bones; muscles
    """
)
_WORDS = _listed(
    """
    welcome; open; closed; stop; danger; keep out; no entry; no smoking; for sale; hello; goodbye; thank you; happy birthday;
    congratulations; never give up; I love you; I miss you; help; why not; who am I; yes; no; maybe; top secret; breaking news;
    the end; once upon a time; made in italy; out of order; wet floor; beware of the dog; vote; save the planet; peace now; no
    war; equal rights; free hugs; fresh fish; hot coffee; cold beer; lost cat; wanted; private; emergency exit; sold out; 50
    percent off; best dad ever; number one; be yourself; dream big; do not panic; all you need is love; deep learning
    """
)
_SHAPES = (
    "{thing}",
    "{creature}",
    "{someone} {doing}",
    "{creature} {doing}",
    "{someone} {place}",
    "{creature} {place}",
    "{thing} {place}",
    "{someone} {doing} {place}",
    "{creature} {doing} {place}, {look}",
    "{someone} and {creature}",
    "{creature} and {thing}",
    "{thing} and {other}",
    "{thing} made of {other}",
    "{notion}",
    "{notion}, {look}",
    "the idea of {notion} as {creature}",
    "{look} of {someone} {doing}",
    "{look} of {creature}",
    "{look} of {thing} {place}",
    "a photo of {thing}",
    "a sign that says '{words}'",
    "{creature} holding a sign with the words {words}",
    "{someone} with {thing} in the style of {notion}",
    "{someone} {doing} next to {creature}, {look}",
    "the words '{words}' written on {thing}",
    "{thing} to the left of {other}",
)


def everyday(count: int = COUNT) -> tuple[str, ...]:
    """So many different prompts, always the same ones."""
    found: dict[str, None] = {}
    for number in _numbers():
        if len(found) == count:
            break
        shape = _SHAPES[number % len(_SHAPES)]
        found[
            shape.format(
                someone=_pick(_SOMEONE, number, 3),
                creature=_pick(_CREATURE, number, 5),
                thing=_pick(_THING, number, 7),
                other=_pick(_THING, number, 11),
                doing=_pick(_DOING, number, 13),
                place=_pick(_PLACE, number, 17),
                look=_pick(_LOOK, number, 19),
                notion=_pick(_NOTION, number, 23),
                words=_pick(_WORDS, number, 29),
            )
        ] = None
    return tuple(found)


def _numbers() -> Iterator[int]:
    number = 1
    while True:
        yield number
        number += 1


def _pick(items: Sequence[str], number: int, stride: int) -> str:
    """An item that looks chosen by chance: a multiplicative hash of the number, the same on every machine."""
    return items[(number * 2_654_435_761 * stride % 2**32) * len(items) // 2**32]
