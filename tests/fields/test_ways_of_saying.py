"""Ways in which callers say things, each in a sentence or two."""

from __future__ import annotations

import pytest

from reports.fields.kind import Kind
from reports.fields.lexicon import BadLexicon, Lexicon
from reports.fields.plainly import told_from
from reports.fields.priority import ranked
from reports.fields.understood import Understanding, understand
from tests.fields.cases import AT, names
from tests.reader import READER


def understood(words: str, lang: str = "en", **keys: str) -> Understanding:
    told = told_from({"words": words, "lang": lang, "keys": keys}, READER.lexicons, AT)
    return understand(told, names())


def words_of(lexicon: Lexicon, words: str) -> list[str]:
    return [mark.kind for mark in lexicon.marks(words.split())]


def test_phrases_share_words() -> None:
    table = {"words": {"kin": ["brother", "sister"]}, "held": ["took my {kin}"]}
    lexicon = Lexicon.of("en", table)
    assert words_of(lexicon, "they took my sister") == ["held"]
    assert words_of(lexicon, "they took my car") == []


def test_an_ending_alone_may_be_a_sign() -> None:
    lexicon = Lexicon.of("es", {"past": ["*aron"]})
    assert words_of(lexicon, "llegaron y entraron") == ["past", "past"]
    assert words_of(lexicon, "aron") == []


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"held": ["took my {kin}"]}, "no kin in [listens.words]"),
        ({"past": ["*ed"]}, "an ending has 3 to 6 letters"),
        ({"words": {"kin": ["my brother"]}, "held": ["{kin}"]}, "a list of single words"),
    ],
)
def test_a_slip_in_the_lexicon_is_named(table: dict[str, object], says: str) -> None:
    with pytest.raises(BadLexicon) as bad:
        Lexicon.of("en", table)
    assert says in str(bad.value)


@pytest.mark.parametrize(
    ("words", "low", "high"),
    [
        ("There's two in the alley, four on the steps and one waiting in the car.", 7, 7),
        ("There are four agents, two at the door and two in the car.", 4, 4),
        ("Three agents, could be four, at the door.", 3, 4),
        ("There's gotta be twenty, thirty of them and everybody is running.", 20, 30),
        ("Two deputies and three agents are at the door.", 5, 5),
        ("One, two, three, four agents.", 4, 4),
        ("I see one, two, three, four, five agents.", 5, 5),
        ("Half a dozen agents came in.", 6, 6),
        ("Six occupants altogether, ICE agents.", 6, 6),
        ("ICE is on the ground, eight of 'em.", 8, 8),
    ],
)
def test_how_many_is_added_up(words: str, low: int, high: int) -> None:
    count = understood(words).officers.value
    assert count is not None
    assert (count.low, count.high) == (low, high)


@pytest.mark.parametrize(
    "words",
    [
        "I got eleven guys up top and ICE is on the ground.",
        "Two of my guys were picked up by ICE.",
        "ICE at the school, kids on board, fourteen of them.",
        "A convoy of ICE went by, five of them, all Explorers.",
        "He's eighteen, ICE grabbed him.",
        "The agents came at seven twenty-six.",
    ],
)
def test_who_is_no_officer_is_not_counted(words: str) -> None:
    assert understood(words).officers.value is None


@pytest.mark.parametrize(
    ("words", "lang", "at"),
    [
        ("Agents came at ten to eight.", "en", "2026-01-15T07:50"),
        ("On Tuesday I was out for bread and about eleven agents took a man.", "en", "2026-01-13"),
        ("Ayer fui al mercado. A las nueve de la mañana llegaron los agentes.", "es", "2026-01-14"),
        ("Shalay, afartii galabnimo, saddex askari ayaa timid.", "so", "2026-01-14T16:00"),
        ("There are agents at Lake and Cedar.", "en", "2026-01-15T08:10"),
        # Since when: when it began.
        ("Desde las siete hay una troca negra en la Lake.", "es", "2026-01-15T07:00"),
        ("Hay dos agentes en un carro desde la misa de siete.", "es", "2026-01-15T07:00"),
        (
            "A las cuatro de la mañana llegaron. A las cinco ya no había nadie.",
            "es",
            "2026-01-15T04",
        ),
        # Minutes behind an hour.
        ("Se lo llevaron. Fue a las siete y cincuenta y cinco.", "es", "2026-01-15T07:55"),
        ("Pasaron cuatro agentes, fue tipo siete y treinta y cinco.", "es", "2026-01-15T07:35"),
        ("Agents come in seven thirty, they ask for a guy.", "en", "2026-01-15T07:30"),
        ("They took my neighbor at eight oh six.", "en", "2026-01-15T08:06"),
        ("They took her, eight minutes to eight by the bank's clock.", "en", "2026-01-15T07:52"),
        ("The agents formed up around twenty of eight.", "en", "2026-01-15T07:40"),
        ("Ayer, a las dieciséis horas con veinte, vi a cuatro agentes.", "es", "2026-01-14T16:20"),
        ("Askartu waxay yimaadeen toddobadii iyo labaatan.", "so", "2026-01-15T07:20"),
        # A pause within.
        ("Se lo llevaron hace… veinte minutos, más o menos.", "es", "2026-01-15T07:50"),
        ("Rubuc saac ka hor ayay askartu yimaadeen.", "so", "2026-01-15T07:55"),
        ("Cuarenta minutos llevan los agentes tocando la puerta.", "es", "2026-01-15T07:30"),
        # Which half of the day, and which day.
        ("Anoche vinieron cuatro agentes, ya era como medianoche.", "es", "2026-01-15T00:00"),
        ("Agents came last night, at two in the morning.", "en", "2026-01-15T02:00"),
        ("Anoche había dos agentes, como de nueve a diez de la noche.", "es", "2026-01-14T21:00"),
        ("Agents came Tuesday night, it was around closing so ten.", "en", "2026-01-13T22:00"),
        ("Es de antier, del martes. A las tres de la tarde me pararon.", "es", "2026-01-13T15:00"),
        ("Lo detuvieron los agentes el domingo por la mañana en misa.", "es", "2026-01-11T08:30"),
        ("Hace una semana, el jueves pasado, llegaron dos agentes a las seis.", "es", "2026-01-08"),
        ("They took a man on January eighth, at nine in the morning.", "en", "2026-01-08T09:00"),
        ("Lix saac iyo badh subaxnimo ayay askartu yimaadeen.", "so", "2026-01-15T06:30"),
        ("Talaadadii, tobankii subaxnimo, askar ayaa timid.", "so", "2026-01-13T10:00"),
    ],
)
def test_when_it_was(words: str, lang: str, at: str) -> None:
    moment = understood(words, lang).seen_at.value
    assert moment is not None
    assert moment.at.isoformat().startswith(at)


@pytest.mark.parametrize(
    ("words", "lang", "at"),
    [
        ("Abrí a las cinco. Como a las cinco y media entró un agente.", "es", "05:30"),
        ("We open the bakery at five. An agent walked in around six thirty.", "en", "06:30"),
        ("Two ICE agents were out here around six thirty. We close at nine.", "en", "06:30"),
        ("I've been up eighteen hours. Agents came at seven thirty.", "en", "07:30"),
        ("Turno de seis a ocho. Los agentes pasaron a las siete y cuarto.", "es", "07:15"),
    ],
)
def test_what_callers_did_themselves_is_not_when_it_was_seen(
    words: str, lang: str, at: str
) -> None:
    moment = understood(words, lang).seen_at.value
    assert moment is not None
    assert moment.at.isoformat().startswith(f"2026-01-15T{at}")


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        ("There are ten to twelve agents here.", "en"),
        ("There are ten to fifteen agents here.", "en"),
        ("Tienen a la vecina aquí afuera. Sus hijos vienen a las ocho y media.", "es"),
        ("Se llevaron a siete y quince agentes siguen aquí.", "es"),
        ("Riverside Plaza ayay joogaan. Labadii wiil ayay kaxaysteen.", "so"),
        ("Two ICE guys are in line for coffee. We close at six.", "en"),
        ("Hay dos agentes en la fila. Cerramos a las nueve.", "es"),
        ("Two cars of ICE are by the mosque. Somebody should come before noon.", "en"),
        ("Two ICE agents are at the computers. We've got ESL class at six.", "en"),
        ("Eight of them are here. They go out at five in the morning.", "en"),
        ("They're in the garage. I called twenty minutes ago about the van.", "en"),
        ("I'm who called yesterday. ICE is here at the corner.", "en"),
        ("Hay dos agentes aquí. Llamé hace veinte minutos por la van.", "es"),
        ("Yo soy el que llamó ayer. Hay dos agentes aquí.", "es"),
    ],
)
def test_no_hour_is_made_out_where_none_is_told(words: str, lang: str) -> None:
    moment = understood(words, lang).seen_at.value
    assert moment is None or moment.at == AT


def test_who_starts_work_later_did_not_see_it_yesterday() -> None:
    words = "Tienen parado un carro blanco aquí. Ya me voy, entro a las dos y media."
    moment = understood(words, "es").seen_at.value
    assert moment is None or moment.at == AT
    words = "Entro a las cinco y media al hotel y cuando llegué estaban dos agentes en la puerta."
    moment = understood(words, "es").seen_at.value
    assert moment is not None
    assert moment.at.strftime("%H:%M") == "05:30"


def test_a_week_is_not_seven_people() -> None:
    words = "Abtigay hal toddobaad baa la la'aa. Maanta ICE locator-ka ayaan ka helay magaciisa."
    assert understood(words, "so").officers.value is None


def test_men_whom_the_caller_has_got_at_the_door_are_officers_by_their_gear() -> None:
    words = (
        "Tonight I've got three guys standing at the entrance in ICE gear, looking at the parents"
        " as they come in to pick up."
    )
    officers = understood(words).officers.value
    assert officers is not None
    assert officers.bounds == (3, 3)


def test_numbers_by_the_way_push_nobody_out_who_was_taken() -> None:
    words = (
        "I own the liquor store on Cedar by 42nd. This happened last night, nine fifty. A young"
        " guy buys a six pack, goes out, and he's swarmed. You can see two come from the left and"
        " another two come out of a van. They didn't ask him anything. They put him in the van."
        " I burned it to a disc, you can come by any time after ten."
    )
    detained = understood(words).detained
    assert detained is not None
    assert detained.value is not None
    assert detained.value.bounds == (1, 1)


def test_what_is_to_come_was_not_seen() -> None:
    assert understood("Tengo corte mañana a la una.", "es").seen_at.value is None
    assert understood("ICE will have a checkpoint on Monday, they say.").seen_at.value is None


def test_minutes_before_an_hour_count_nobody() -> None:
    said = understood("Pararon a un papá. Serían diez para las ocho.", "es")
    assert said.officers.value is None
    assert said.seen_at.value is not None
    assert said.seen_at.value.at.strftime("%H:%M") == "07:50"


def test_what_the_caller_still_does_does_not_say_that_they_are_there() -> None:
    words = "Los agentes me pidieron la licencia y se fueron. Todavía estoy temblando."
    assert understood(words, "es").still_there.value is not True
    assert understood("Todavía están los agentes en la esquina.", "es").still_there.value is True


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        ("You can text me, please don't call before ten. My number is 612 555 0148.", "en"),
        ("Mi número es 612 555 0148, no me llame antes de las diez.", "es"),
    ],
)
def test_who_is_not_to_be_called_early_may_be_called_later(words: str, lang: str) -> None:
    callback = understood(words, lang).callback
    assert callback is not None
    assert callback.value is True


def test_what_a_boss_forbade_is_no_refusal_to_be_called() -> None:
    assert understood("My manager said don't call. They're in our lot.").callback.value is None
    refused = understood("Please don't call me. They're in our lot.").callback
    assert refused.value is False


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        ("There is a man in a parked car with a mask on. I took him for immigration.", "en"),
        ("Six agents came in with rifles and are pushing every button at the door.", "en"),
        ("Laba ICE ah baa taagan, maamulkuna mana soo qabanayaan telefoonka.", "so"),
    ],
)
def test_words_that_also_say_something_harmless_put_no_call_first(words: str, lang: str) -> None:
    told = understood(words, lang)
    assert not {each.value for each in told.activities} & {"detaining", "force"}


def test_they_went_to_a_place_that_has_a_name() -> None:
    def towards(words: str) -> str | None:
        heading = understood(words).heading
        return None if heading is None else heading.value.towards

    assert towards("The agents went to their car when the singing started.") is None
    assert towards("The agents drove off toward Hennepin.") == "Hennepin"


def test_where_they_went_is_not_where_it_was() -> None:
    words = "Los agentes ya se fueron hacia la Hennepin. Esto fue en la 22."
    place = understood(words, "es").location
    assert place.value is not None
    assert place.value.streets == ("22nd St",)


@pytest.mark.parametrize(
    ("words", "lang", "streets"),
    [
        ("I'm the crossing guard at 34th and Columbus.", "en", ("E 34th St", "Columbus Ave")),
        ("I'm at Gerard and 34th and Columbus.", "en", ("E 34th St", "Columbus Ave")),
    ],
)
def test_what_sounds_a_little_like_a_street_gives_way_to_one_that_was_named(
    words: str, lang: str, streets: tuple[str, ...]
) -> None:
    place = understood(words, lang).location.value
    assert place is not None
    assert place.streets == streets


def test_no_name_goes_on_behind_a_comma_where_another_begins() -> None:
    place = understood("Waxaan joognaa Cedar, Riverside Plaza. ICE ayaa jooga.", "so").location
    assert place.value is not None
    assert place.value.landmark == "Riverside Plaza"


def test_who_does_not_know_how_is_not_in_como() -> None:
    words = "Hay tres agentes con la señora. No sé cómo llevarla a su casa."
    assert understood(words, "es").location.value is None


def test_hearsay_is_not_guessed_to_be_seen() -> None:
    words = (
        "Vi un video en Facebook de que se metieron al Karmel, al mall somalí, y que sacaron gente"
        " a golpes."
    )
    assert understood(words, "es").first_hand.value == "told"


def test_it_does_not_matter_how_we_are_is_written_but_that_it_is() -> None:
    """'We're at Lake' goes on, and 'they were at Lake' does not."""
    assert understood("Agents here, we're at Lake and Cedar.").still_there.value is True
    assert understood("Agents were at Lake and Cedar.").still_there.value is not True


def test_si_with_an_accent_doubts_nothing() -> None:
    def agencies(words: str) -> list[str]:
        return [each.value.agency for each in understood(words, "es").agencies]

    assert agencies("Sí, hay agentes de migración en la Lake y la Cedar.") == ["ice"]
    assert agencies("No sé si hay agentes de migración.") == ["unsure"]


def test_sounds_in_brackets_are_silence() -> None:
    kind = understood("[silence] [car door] uh [click]").kind
    assert kind is not None
    assert kind.value is Kind.SILENT


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Hi, is Brenda there? I need my car fixed by noon.", Kind.NOT_FOR_US),
        ("Can ICE come into my apartment without a warrant?", Kind.QUESTION),
        ("My brother hasn't come home and his phone is off.", Kind.HELP),
        ("My coworker heard ICE is at the mall. I haven't seen it.", Kind.RUMOUR),
        ("I saw on TikTok that ICE is at the mall.", Kind.RUMOUR),
        ("False alarm at Lake and Cedar, I went and it is only the police.", Kind.REPORT),
    ],
)
def test_what_a_call_is_for(words: str, kind: Kind) -> None:
    found = understood(words).kind
    assert found is not None
    assert found.value is kind


def test_who_pressed_that_it_is_happening_is_never_taken_for_a_wrong_number() -> None:
    """Where no word is known, the key counts."""
    words = "Quickly quickly at the corner with the blue house."
    told = told_from({"words": words, "keys": {"when": "1"}}, READER.lexicons, AT)
    assert str(ranked(told, understand(told, names())).priority) == "P2"


def test_a_corner_behind_a_citys_name_and_a_house_said_by_two_digits() -> None:
    corner = understood("Agents on Thomas Avenue in St. Paul, at Snelling.").location.value
    assert corner is not None
    assert corner.streets == ("Thomas Ave", "Snelling Ave")
    house = understood("Agents at forty-two fourteen Cedar Avenue South.").location.value
    assert house is not None
    assert (house.number, house.streets) == (4214, ("Cedar Ave",))


def test_numbered_streets_of_suburbs_are_known() -> None:
    place = understood("Agents at 66th and Nicollet in Richfield.").location.value
    assert place is not None
    assert [each.city for each in place.candidates] == ["Richfield"]


@pytest.mark.parametrize(
    ("lang", "words", "count"),
    [
        ("en", "They're pulling people off the crew one by one, they got three guys already.", 3),
        ("en", "My downstairs neighbor's brother is locked up.", 1),
        ("en", "They took Beto and one of the dishwashers.", 2),
        ("en", "A man and his wife were taken.", 2),
        ("en", "He's in handcuffs now.", 1),
        ("es", "Se llevaron a mis dos ayudantes.", 2),
        ("es", "Mi tía dice que la agarró la migra.", 1),
        ("es", "Andan subiéndolo a la camioneta.", 1),
        ("en", "Four agents have a woman face down on the sidewalk at Lake and Cedar.", 1),
        ("en", "They came in the kitchen, asked for Luis, and walked him out the back door.", 1),
        ("en", "They took a mother and her three kids out of the house.", 4),
        ("en", "They took the dad, the mom and the uncle.", 3),
        ("en", "They took my brother, a cook, from his work.", 1),
        ("en", "My mom and dad were both taken.", 2),
        ("es", "Se llevaron a dos muchachos y a una muchacha en la Lake.", 3),
        ("es", "Agarraron al señor y a la señora, a los dos los subieron a la camioneta.", 2),
        ("es", "A mis dos primos se los llevaron ayer del trabajo.", 2),
        ("es", "Se llevaron al papá, a la mamá y a la hija.", 3),
        ("es", "Mi hermano fue a su cita ayer y lo dejaron detenido.", 1),
        ("so", "Waa la qabtay wiilkii.", 1),
        ("so", "Naag uur leh ayay gaariga ku tuureen.", 1),
        ("so", "Naag bay wataan, Lake iyo Cedar.", 1),
        ("so", "Waa la garaacay wiilka! Dhulka ayay ku tuureen.", 1),
        ("so", "Lagu qabtay shan darawal oo Uber ah.", 5),
        ("so", "Shaqaale toban ah ma arkin, laakiin laba dumar ah ayay xireen.", 2),
    ],
)
def test_who_was_taken_is_counted_however_they_are_called(
    lang: str, words: str, count: int
) -> None:
    found = understood(words, lang).detained
    assert found is not None
    assert found.value is not None
    assert (found.value.low, found.value.high) == (count, count)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "I put my son on the bus and then I saw them."),
        ("en", "They got one of those ram things."),
        ("en", "I can take her to the clinic but I need a ride back."),
        ("en", "Could somebody take my mom to her appointment tomorrow?"),
        ("es", "A las siete y veinte ya habían agarrado camino."),
        ("so", "Gaari madow ayay wataan, laba nin baa ku jira."),
        ("es", "Ya habían llegado a las siete y no detuvieron a nadie."),
    ],
)
def test_who_is_not_taken_is_not_counted(lang: str, words: str) -> None:
    assert understood(words, lang).detained is None


@pytest.mark.parametrize(
    ("lang", "words", "count"),
    [
        ("en", "I'd say six of them on the sidewalk by the Global Market.", 6),
        ("en", "Agents, two in the one and two in the other, so four.", 4),
        ("es", "Ya lo tenían dos hombres contra la pared.", 2),
        ("es", "Hay three agents en la puerta.", 3),
        ("en", "Three dudes no four, there's one on the other side, vests that say police.", 4),
        ("en", "They're at my door. I can see, through the peephole, three.", 3),
        (
            "en",
            "I have three federal agents here. They need to wait for our attorney, I told them so,"
            " and they are polite. One woman, two men.",
            3,
        ),
        ("en", "Two agents and another one sitting in the truck.", 3),
        ("en", "Two Border Patrol guys and one city cop are on the corner.", 3),
        ("en", "First there were three agents, then two more came.", 5),
        ("en", "Black SUV with no plates, driver and passenger both in masks.", 2),
        ("en", "He's been photographing license plates. One guy.", 1),
        ("en", "My husband was taken this morning. There were three of them. I need a lawyer.", 3),
        ("es", "Son agentes. Eran cuatro… no, mentira, cinco, porque uno estaba del otro lado.", 5),
        ("es", "Hay agentes subiendo. Dos adelante y uno que se quedó abajo.", 3),
        ("es", "Son de la migra, los cuatro con máscara.", 4),
        ("es", "Los agentes eran seis, y los carros eran tres.", 6),
        ("es", "Hay un señor con chaleco que dice ICE.", 1),
        ("so", "Afar askari ayaa jooga.", 4),
        ("so", "Waxaan arkaa saddex… maya, afar, afar nin.", 4),
        ("so", "Laba boqol oo askari ayaa jooga.", 200),
    ],
)
def test_officers_are_counted_however_it_is_put(lang: str, words: str, count: int) -> None:
    found = understood(words, lang).officers.value
    assert found is not None
    assert (found.low, found.high) == (count, count)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "Agents at Karmel Mall right now, there's a ton of them."),
        ("es", "Andan un chorro de migras en la Lake."),
        ("es", "Está la migra, un montón de ellos. Los carros afuera yo conté catorce."),
        ("so", "Laanta socdaalka. Lake iyo Bloomington. Badan."),
    ],
)
def test_many_officers_are_many_whatever_they_are_called(lang: str, words: str) -> None:
    found = understood(words, lang).officers.value
    assert found is not None
    assert found.is_many


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "There are so many cars on my street, I don't know if any is ICE."),
        ("en", "They pulled over a Civic and took the driver and passenger away."),
        ("en", "Five people from our church heard of ICE."),
        ("en", "My cousin told me ICE took some guys, two guys or three guys."),
    ],
)
def test_others_and_things_are_no_officers(lang: str, words: str) -> None:
    assert understood(words, lang).officers.value is None


def test_a_pause_corrects_and_a_question_does_not() -> None:
    counted = understood("There's agents here. Twelve, thirteen?").officers.value
    assert counted is not None
    assert (counted.low, counted.high) == (12, 13)
    counted = understood("Agents, I can see two… three.").officers.value
    assert counted is not None
    assert (counted.low, counted.high) == (3, 3)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "They drag a woman out of the car at Lake and Bloomington."),
        ("en", "They slammed him on the hood. I'm watching it. Lake and Cedar."),
        ("en", "They just tackled a kid at 26th and Nicollet."),
        ("en", "They are pepper spraying people at Lake and Cedar."),
        ("en", "They pulled her out through the window, they're still here, Lake and Cedar."),
        ("es", "Están sacando a una señora a rastras del carro en la Lake y la Bloomington."),
        ("es", "Lo están golpeando en la Lake y la Cedar."),
        ("es", "Están echando gas pimienta en la Lake y la Cedar."),
        ("es", "La jalaron del pelo y la sacaron del carro, en la Lake y la Cedar, ahorita."),
        ("so", "Naag ayay baabuurka ka soo jiidayaan Lake iyo Bloomington."),
        ("so", "Wiil ayay garaacayaan Lake iyo Cedar hadda."),
        ("so", "Basbaas ayay dadka ku buufinayaan Lake iyo Cedar."),
    ],
)
def test_force_that_is_seen_now_comes_first(lang: str, words: str) -> None:
    told = told_from({"words": words, "lang": lang}, READER.lexicons, AT)
    assert str(ranked(told, understand(told, names())).priority) == "P1"


def test_a_corner_where_they_work_is_told_before_the_city_it_is_in() -> None:
    found = understood("I work at a coffee place at Grand and Snelling, Saint Paul.").location.value
    assert found is not None
    assert set(found.streets) == {"Grand Ave", "Snelling Ave"}


def test_sounds_between_brackets_are_silence_and_what_is_said_by_the_way_is_not() -> None:
    silent = understood("(music) (a dog barks)").kind
    assert silent is not None
    assert silent.value is Kind.SILENT
    assert understood("Four agents (masked) at Lake and Cedar.").officers.value is not None
