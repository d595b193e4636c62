"""English words that name nothing to be drawn, so that "not drawn" lists only things."""

from __future__ import annotations

_WORDS = """
a an the this that these those some any each every no not none all both few more most other another such own same
i me my we our you your he him his she her it its they them their who whom whose which what where when why how
is are was were be been being am do does did done has have had having can could will would shall should may might must
and or but nor so yet if then than because while as of at by for with about against between into through during before
after above below to from up down in out on off over under again further once here there near behind beside beneath
across along around inside outside upon toward towards without within amid among against next onto like very too just
only also even still ever never always often rather quite one two three four five six seven eight nine ten first
second third half many several lots lot bit kind type sort pair couple group herd flock set piece number way
picture image photo photograph photography painting drawing sketch illustration art artwork artist render rendering
rendered scene view shot closeup close portrait style styled look looking looks detail details detailed quality
resolution uhd hd hdr 4k 8k 3d 2d masterpiece cinematic realistic photorealistic hyperrealistic photoreal concept digital
oil acrylic canvas print poster composition foreground background middle center centre side left right top bottom front
back edge corner end lighting light lit lights shadow shadows bokeh depth focus lens macro wide angle aerial bird
highly high low ultra super hyper extremely minimal minimalist minimalistic simple clean modern vintage retro old
new ancient young little small tiny big large huge giant tall short long great good nice best beautiful pretty cute
lovely gorgeous stunning amazing epic dramatic majestic mysterious magical magic enchanted dark bright vivid vibrant
colorful colourful color colour colors colours pale deep rich warm cool cold hot wet dry fresh clear calm quiet silent
peaceful serene cozy cosy happy sad angry lonely sleepy sleeping brave wild tame fluffy furry soft hard smooth rough
shiny glossy matte wooden metal metallic golden stone brick marble leather plastic steel iron paper silk velvet
sitting standing lying running walking flying swimming jumping sailing riding holding wearing eating drinking playing
reading driving floating resting hiding hunting looking watching facing rising falling setting shining glowing burning
blowing covered filled made full empty open closed broken lost hidden surrounded set drawn painted inspired based
isolated centered centred please draw paint make create show generate give want need imagine sits stands lies runs
walks flies swims jumps sails rides holds wears eats drinks plays reads drives floats rests hides looks watches rises
falls sets shines glows blows covers fills fall rise time hour day today early late distant far away alone together
elegant luxury luxurious premium professional commercial hero noble royal rustic rural tropical medieval gothic fantasy
fantastic surreal abstract futuristic scifi sci fi steampunk victorian japanese chinese french english german italian
american nordic northern southern eastern western red orange yellow green blue purple pink white black brown grey gray
it's don't there's that's isn't style-of using use featuring including feat via per etc ok hello hi nothing something
anything everything someone anyone everyone thing things mood atmosphere ambience vibe vibes feeling aesthetic lush
see seen instead country head part west north south east words word saying depicts show shows says say keep thing toy
steep narrow broad thick thin round square flat sharp cracked dusty rusty mossy misty rocky sandy grassy leafy
sun sunlight sunshine ray rays beam beams air ground world nature horizon distance weather season
s t don isn wasn doesn ll ve re de la le el du des
"""

PLAIN_WORDS = frozenset(_WORDS.split())
"""Grammar, camera talk, common adjectives and verbs."""

PLAIN_ENDINGS = (
    "ly", "ful", "ous", "ive", "ish", "less", "ible", "able", "ical", "istic", "esque", "ward", "like",
)  # fmt: skip
"""Endings that mark adjectives and adverbs."""
