"""Words that reach the pages as data, so that no template can mark them: they are gathered from
here for translation. What is not among them, such as what a group named itself, is shown as it is.
"""

from __future__ import annotations

from typing import Final


def N_(word: str) -> str:  # noqa: N802 - the name by which what is marked is gathered
    return word


LANGUAGES: Final = (
    N_("English"),
    N_("Spanish"),
    N_("Somali"),
    N_("Hmong"),
    N_("Oromo"),
    N_("Amharic"),
    N_("Karen"),
    N_("Vietnamese"),
    N_("Arabic"),
    N_("Swahili"),
    N_("French"),
    N_("Russian"),
)
"""As `prompts/en/tells.toml` names them."""
QUESTIONS: Final = (
    N_("When"),
    N_("Where"),
    N_("Officers"),
    N_("Still there"),
    N_("What they saw"),
    N_("Call back"),
    N_("Family member taken"),
    N_("Adds to report"),
    N_("Addition"),
    N_("Rights"),
    N_("Other organizations"),
    N_("Asked for a volunteer"),
    N_("Asked for a text"),
)
"""As `prompts/en/tells.toml` names them."""
COLOURS: Final = (
    N_("gray"),
    N_("silver"),
    N_("black"),
    N_("white"),
    N_("blue"),
    N_("red"),
    N_("green"),
    N_("brown"),
    N_("tan"),
    N_("gold"),
    N_("yellow"),
    N_("orange"),
    N_("purple"),
    N_("dark"),
    N_("camouflage"),
)
"""Those of `prompts/en/hears.toml`."""
SIDES: Final = (
    N_("N"),
    N_("NE"),
    N_("E"),
    N_("SE"),
    N_("S"),
    N_("SW"),
    N_("W"),
    N_("NW"),
)
EQUIPMENT: Final = (
    N_("weapons"),
    N_("tear gas"),
    N_("pepper spray"),
    N_("battering ram"),
    N_("drone"),
    N_("helicopter"),
    N_("shield"),
    N_("dog"),
    N_("flash bang"),
    N_("armoured vehicle"),
)
CHANNELS: Final = (N_("sms"), N_("voice"), N_("email"))
REASONS: Final = (
    # Why a recording has no words, or words are not believed.
    N_("nothing was recorded"),
    N_("the machine failed on it twice"),
    N_("no machine here can be trusted with the language"),
    N_("it is not clear which language this is"),
    N_("nothing that was heard can be believed"),
    N_("much of what was said could not be made out"),
    N_("the machine is unsure of most of it"),
    N_("no voice under it"),
    N_("more words than a voice can say in that time"),
    N_("the engine does not trust it"),
    N_("it repeats itself"),
    N_("it is written in another language's letters"),
    # Why a text, a message or an attachment is not there.
    N_("the number was withheld"),
    N_("whoever has the number asked for no texts"),
    N_("there is no report"),
    N_("opted out"),
    N_("the request is over"),
    N_("that way to reach them was taken away"),
    N_("a video: only pictures and sounds are taken"),
    N_("only pictures and sounds are taken"),
    N_("what the provider sent is not what it announced"),
    N_("what the provider sent is no audio"),
    N_("texts of this provider are not taken in"),
    # Why another reader gave no opinion.
    N_("it is being asked already, of other reports. Ask again in a minute"),
    N_("what was said has been written out anew meanwhile. Ask again"),
    N_("nothing was said that it could read"),
    N_("it could not be asked: nothing answers at its address"),
    N_("it answered too much"),
    N_("its answer is not of the form that was asked for"),
)
"""What machines give as their reason. The rest have numbers in them, and stay English."""
TOLD: Final = frozenset((*LANGUAGES, *QUESTIONS, *COLOURS, *SIDES, *EQUIPMENT, *CHANNELS, *REASONS))
