"""Ways in which callers say where it is, each in a sentence or two."""

from __future__ import annotations

import pytest

from reports.fields.location import Location
from reports.fields.plainly import told_from
from reports.fields.understood import understand
from tests.fields.cases import AT, names
from tests.reader import READER


def place_of(words: str, lang: str = "en") -> Location | None:
    told = told_from({"words": words, "lang": lang}, READER.lexicons, AT)
    return understand(told, names()).location.value


@pytest.mark.parametrize(
    ("lang", "words", "streets"),
    [
        # A plain number beside a street, whatever else street or number are called.
        ("es", "Cedar y treinta y ocho, la gasolinera. Son cinco.", "Cedar Ave & E 38th St"),
        ("es", "Treinta y uno con Nicollet, gente de gobierno.", "E 31st St & Nicollet Ave"),
        ("es", "Minnehaha y 42. Hay dos agentes.", "Minnehaha Ave & E 42nd St"),
        ("es", "Portland, esquina cincuenta y ocho.", "Portland Ave & E 58th St"),
        ("en", "Cedar and 38. A black Expedition.", "Cedar Ave & E 38th St"),
        ("so", "Nicollet iyo 26aad, hadda.", "Nicollet Ave & E 26th St"),
        ("es", "Lake y la 4ta avenida.", "E Lake St & 4th Ave S"),
        # Not what a clock shows beside it.
        ("en", "I passed Lake and Cedar at seven thirty.", "E Lake St & Cedar Ave"),
        ("en", "I'd say seven forty, at Nicollet and 86th.", "Nicollet Ave & E 86th St"),
        # Two that cross, named apart.
        ("en", "Coming down Penn just now at Lowry there's a minivan.", "Penn Ave & Lowry Ave"),
        ("en", "I'm on Penn going north I just passed Lowry.", "Penn Ave & Lowry Ave"),
        ("en", "going east on lake uh we just passed cedar", "E Lake St & Cedar Ave"),
        ("en", "I'm on Selby, corner of Western.", "Selby Ave & Western Ave"),
        ("en", "Thomas Avenue, out by Hamline.", "Thomas Ave & Hamline Ave"),
        ("es", "En la Rice, ya llegando a la Maryland.", "Rice St & Maryland Ave"),
        ("es", "Voy por la Portland, voy pasando la 24.", "Portland Ave & E 24th St"),
        ("es", "Por la 94, a la altura de la Lexington.", "I-94 & Lexington Pkwy"),
        # What lies on the border of two cities is one place.
        ("en", "Central and 37th.", "Central Ave & 37th Ave NE"),
        # Not a street that is called as a word before it is.
        ("en", "By the church on 17th and 31st.", "17th Ave S & E 31st St"),
        ("en", "ICE AT RICE AND LARPENTEUR", "Rice St & Larpenteur Ave"),
        ("en", "County Road forty-two and Nicollet.", "County Road 42 & Nicollet Ave"),
        ("en", "Lyndale and Lake.", "Lyndale Ave & W Lake St"),
        # In the suburbs, too.
        ("en", "42nd and Winnetka in New Hope.", "42nd Ave N & Winnetka Ave"),
        ("es", "Por la Cedar y la ciento cincuenta, en Apple Valley.", "Cedar Ave & 150th St"),
        ("es", "Por la France y la sesenta y seis, en Edina.", "France Ave & 66th St"),
        ("en", "They're at Marschall Road and 4th in Shakopee.", "Marschall Rd & 4th Ave"),
        ("en", "Mainstreet and 8th, in Hopkins.", "Mainstreet & 8th Ave"),
        ("en", "Larpenteur and Galtier, building C.", "Larpenteur Ave & Galtier St"),
        # The city that is named, even where a better known corner is called so.
        ("es", "En Burnsville, en la 42 y la Nicollet.", "County Road 42 & Nicollet Ave"),
        ("en", "They're at Penn and 66th, in Richfield.", "Penn Ave & W 66th St"),
        (
            "en",
            "On American Boulevard, in Bloomington, by 34th Avenue.",
            "American Blvd & 34th Ave S",
        ),
        ("en", "ICE is in Bloomington and Lake.", "Bloomington Ave & E Lake St"),
        # By words that say that one is near the other, or none.
        ("en", "Chicago, a little bit past 35th. They're in the alley.", "Chicago Ave & E 35th St"),
        ("en", "Nineteenth Avenue, right where it hits Lake.", "19th Ave S & E Lake St"),
        ("en", "We're at 4th Avenue South, 35th Street.", "4th Ave S & E 35th St"),
        ("es", "Venía por la 94 y en la salida de la Dale pararon un carro.", "I-94 & Dale St"),
        # Where it happens, not where the caller lives, or called from before.
        (
            "en",
            "My house is at 31st and Bloomington, but I'm seeing this at 34th and Cedar.",
            "E 34th St & Cedar Ave",
        ),
        (
            "en",
            "I already called about Maryland and Payne. There's a new one at Maryland and Arcade.",
            "Maryland Ave & Arcade St",
        ),
        (
            "es",
            "Yo vivo en la 34 con Bloomington, pero fue saliendo del trabajo, en Cedar y la 66.",
            "Cedar Ave & E 66th St",
        ),
        # Downtown, and winding streets.
        ("en", "They're at Nicollet and 7th, two of them.", "Nicollet Mall & 7th St"),
        (
            "en",
            "Marquette and Washington, they took the husband.",
            "Marquette Ave & Washington Ave",
        ),
        ("en", "At 46th and Hiawatha they took two guys.", "E 46th St & Hiawatha Ave"),
        ("so", "Waxaan joogaa Riverside Avenue iyo 25th.", "Riverside Ave & 25th Ave S"),
        ("en", "They're at 14th and Chicago.", "14th St & Chicago Ave"),
        ("es", "Como a las siete y cuarto, por la Lake y Cedar.", "E Lake St & Cedar Ave"),
        # By an exit, and between two.
        ("en", "Northbound 35W at the 46th Street exit, a work van.", "I-35W & 46th St S"),
        ("es", "Estoy en la 94 llegando a la salida de Dale.", "I-94 & Dale St"),
        (
            "so",
            "Waxay ku jiraan 26th Street, inta u dhaxaysa Chicago iyo Columbus.",
            "E 26th St & Chicago Ave",
        ),
        ("en", "694 eastbound, right before the Central exit in Fridley.", "I-694 & Central Ave"),
        (
            "en",
            "Running on Ford Parkway, when I got to about Cleveland there were some men.",
            "Ford Pkwy & Cleveland Ave",
        ),
        # Typed both, with nothing that joins them.
        ("es", "Estoy en la calle 38, el Avenida Chicago.", "E 38th St & Chicago Ave"),
        # The town between the two, and what is taken back.
        (
            "en",
            "I'm on Reservoir Boulevard up in Columbia Heights, 40th.",
            "Reservoir Blvd & 40th Ave NE",
        ),
        ("es", "Es la Nicollet, pero de Burnsville, con la 13.", "Nicollet Ave & Highway 13"),
        (
            "es",
            "Por Central y Lowry, no, estamos en Central pero con la 24.",
            "Central Ave & 24th Ave NE",
        ),
        # Not what is counted on a street, not what stands before 'at', and not a kind of shop.
        ("en", "Across from the bakery at Payne and Case.", "Payne Ave & Case Ave"),
        ("en", "They threw the gas at Thirty-fourth and Park!", "E 34th St & Park Ave"),
    ],
)
def test_a_corner_is_told(lang: str, words: str, streets: str) -> None:
    place = place_of(words, lang)
    assert place is not None
    assert [each.name for each in place.candidates] == [streets]


@pytest.mark.parametrize(
    ("lang", "words", "street", "number"),
    [
        ("en", "There's a checkpoint on Minnehaha.", "Minnehaha Ave", None),
        ("en", "On 94 westbound, past the tunnel, they pulled somebody over.", "I-94", None),
        ("en", "Cement plant. Off Hiawatha.", "Hiawatha Ave", None),
        ("es", "El taller está sobre Johnson.", "Johnson St", None),
        ("es", "Estamos aquí en Richfield, por la Portland.", "Portland Ave", None),
        ("en", "Burnsville, off County Road 42, next to the Aldi.", "County Road 42", None),
        ("so", "2nd Avenue ayay tahay.", "2nd Ave S", None),
        ("es", "Me cayeron en la 4th Avenue.", "4th Ave S", None),
        # A house's number behind its street.
        ("en", "On Bryant, thirty-five forty-one is me.", "Bryant Ave", 3541),
        ("en", "We're on Blaisdell, thirty-two oh eight.", "Blaisdell Ave", 3208),
        ("en", "We're on Fremont, 3309 Fremont Avenue North.", "Fremont Ave", 3309),
        ("en", "Our building on Pleasant Avenue, twenty-nine fourteen.", "Pleasant Ave", 2914),
        ("es", "Estoy en la Blaisdell, en el tres mil diez.", "Blaisdell Ave", 3010),
        # The side of town before its number is no school that is called so.
        ("en", "It's 1530 South 6th Street, they're in the hallway.", "6th St", 1530),
        ("en", "My store is on Central Avenue in Fridley, number 6425.", "Central Ave", 6425),
        ("en", "They're on Minnehaha, plate number 4020.", "Minnehaha Ave", None),
        # Which streets it lies between says less.
        ("en", "3108 Bloomington, between Lake and 32nd.", "Bloomington Ave", 3108),
        ("es", "Es 3108 de la Bloomington, entre la Lake y la 32.", "Bloomington Ave", 3108),
        # What is counted there, and a clock, are none.
        ("en", "On Blaisdell, fifteen hundred people.", "Blaisdell Ave", None),
        ("en", "On Blaisdell, ten forty.", "Blaisdell Ave", None),
    ],
)
def test_a_street_is_told_and_its_house(
    lang: str, words: str, street: str, number: int | None
) -> None:
    place = place_of(words, lang)
    assert place is not None
    assert (place.streets, place.number) == ((street,), number)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "They say she's in Texas."),
        ("en", "There are agents, they have papers on 94 people."),
        ("en", "What do they do here in Minnesota?"),
        ("en", "They have him in Sherburne."),
        ("en", "My uncle Jordan called me."),
        ("es", "Pregunte por Jordan."),
        ("en", "I can't talk long. Lakes are frozen."),
        ("es", "No quiero ir a la clínica."),
        ("en", "They took everybody's IDs."),
        ("en", "I work at the mall."),
        ("es", "Dicen que vienen a todos los Aldi."),
        ("en", "There's an alien at the Dairy Queen."),
        ("en", "a lady at church had a whole bag of whistles"),
        ("en", "How do I sign up to drive groceries to people?"),
        ("en", "I'm outside with the couch, the U-Haul's gotta be back."),
        ("en", "He was at the door, second floor."),
        ("es", "Fue el martes a la una."),
        ("es", "Es la tercera vez que vienen."),
        ("es", "Todos dicen que los vieron en Cold Spring."),
        ("es", "Ya está en Texas, en El Paso."),
        ("es", "Van cuarto por cuarto."),
        ("es", "Cerca del light rail."),
    ],
)
def test_what_only_sounds_like_a_place_is_none(lang: str, words: str) -> None:
    assert place_of(words, lang) is None


def test_a_state_is_a_street_where_something_says_so() -> None:
    for words in ("Agents on Texas Avenue.", "They're on Texas."):
        place = place_of(words)
        assert place is not None
        assert place.streets == ("Texas Ave",)


@pytest.mark.parametrize(
    ("lang", "words", "area"),
    [
        # No house of that chain is known there, and no street of that name.
        ("es", "Estoy en Coon Rapids, en el Menards.", "Coon Rapids"),
        ("en", "I'm fueling at Gorman and 4th in Shakopee.", "Shakopee"),
        ("en", "We're in Apple Valley. Foliage and 140th.", "Apple Valley"),
        ("es", "Van a estar en las iglesias de San Pablo.", "St. Paul"),
        ("en", "I'm just here. I'm in dinkytown.", "Dinkytown"),
    ],
)
def test_a_city_is_told_where_nothing_nearer_is_known(lang: str, words: str, area: str) -> None:
    place = place_of(words, lang)
    assert place is not None
    assert (place.area, place.streets, place.landmark) == (area, (), None)


def test_a_corner_on_a_border_is_in_the_city_that_the_caller_names() -> None:
    place = place_of("I'm in Maplewood, White Bear Avenue and Larpenteur.")
    assert place is not None
    assert (place.city, len(place.candidates)) == ("Maplewood", 1)


def test_a_street_of_a_name_that_is_in_no_list_is_not_in_the_town_it_is_called_after() -> None:
    assert place_of("First stop, Hastings Street.") is None


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        # Who needs something says where they live or want to go.
        (
            "en",
            "We need groceries, there's five of us, we can't go out. We live by Cedar and Lake.",
        ),
        ("en", "I need a ride to dialysis, from Frogtown to the place on Energy Park."),
        ("es", "No tenemos leche ni pañales, ¿nos pueden ayudar con despensa? Vivo en Crystal."),
        (
            "so",
            "Cunto ayaan u baahanahay, caruurta caano uma hayno. Cedar Riverside ayaan degganahay.",
        ),
        # Who asks says where theirs go, and who they are.
        (
            "en",
            "My daughter goes to Andersen. Am I allowed to pick her up? What's safer?",
        ),
        ("es", "Hola, vivo en Eagan y quiero ayudar. ¿Con quién hablo para apuntarme?"),
        ("en", "I need a ride. I work nights at a warehouse in Shakopee."),
        ("en", "I have two kids at Roosevelt High School, can somebody walk them?"),
        ("en", "I'm calling to cancel my cleaning on the twenty-second."),
        ("es", "Mi amiga vive en Chicago y me mandó un video de una redada."),
        (
            "es",
            "Disculpe, ¿ustedes saben de algún abogado que no cobre tanto? Me llegó una carta de la"
            " corte de inmigración y no entiendo el inglés. Es solamente para la carta.",
        ),
        (
            "es",
            "¿Es el consultorio del dentista? Es que mi cita era el martes en la Franklin y la"
            " quiero cambiar. Ay, disculpe, me dieron mal el número.",
        ),
    ],
)
def test_no_place_is_where_something_happens_that_is_but_named(lang: str, words: str) -> None:
    assert place_of(words, lang) is None


@pytest.mark.parametrize(
    ("lang", "words", "place"),
    [
        ("en", "Is there something going on at Lake and Lyndale? Is it you guys?", "W Lake St"),
        (
            "es",
            "¿Saben si hay migra por el Target de la Lake? Tengo que ir.",
            "Target (Lake Street)",
        ),
        ("es", "¿Está limpio por Plaza México hoy? Es que tengo que ir.", "Plaza México"),
        # And who needs something because of it.
        (
            "en",
            "I need a doctor. My uncle was thrown down by ICE on Stevens Avenue.",
            "Stevens Ave",
        ),
        ("en", "They let my friend go from the Whipple Building, he needs a ride.", "Whipple"),
    ],
)
def test_where_something_happens_is_told_by_who_asks(lang: str, words: str, place: str) -> None:
    said = place_of(words, lang)
    assert said is not None
    assert place in said.candidates[0].name


@pytest.mark.parametrize(
    ("lang", "words", "name"),
    [
        # Where somebody was taken, not where they may be held, and whom one calls.
        ("en", "ICE took my husband in Eagan. I call Whipple and nobody answers.", "Eagan"),
        ("es", "Lo agarraron en Shakopee. A lo mejor está en el Whipple.", "Shakopee"),
        ("en", "They took him in Crystal, they have him in the Sherburne County jail.", "Crystal"),
        ("en", "My brother got taken yesterday, he's at the Whipple.", "Whipple"),
        ("en", "They have him up at the Sherburne County jail.", "Sherburne County Jail"),
        ("en", "They let him go from the Whipple Building, I'm in Rochester.", "Whipple"),
        # Where the caller works, if it happens there.
        (
            "en",
            "I work at the Target on University in St. Paul and agents are in our parking lot.",
            "Target (Midway)",
        ),
        ("en", "Sibley Manor, off of West 7th. They took a father.", "Sibley Manor"),
        # What it is near is where it is only if nothing else is.
        ("en", "Agents sleep at a hotel in Bloomington near the airport.", "Bloomington"),
        (
            "en",
            "I work at a hotel in Bloomington near the airport. They sleep here.",
            "Bloomington",
        ),
        ("es", "Están en la Maryland cerca del lago Phalen.", "Maryland Ave"),
        ("en", "ICE agents by the airport.", "Airport"),
        # A part of town is less than a street in it.
        ("en", "I run around Nokomis and on Hiawatha Avenue they pulled over a van.", "Hiawatha"),
        # Of a chain's house the street is said.
        ("en", "ICE is at the Aldi on Lake.", "Lake St"),
        ("es", "Hay cuatro agentes en la entrada del Aldi, en Franklin.", "Aldi (Franklin)"),
        ("es", "Estoy en el parqueo del Cub de la Broadway.", "Cub Foods (West Broadway)"),
        ("en", "Staging behind Cub on Suburban Avenue.", "Suburban Ave"),
        # Where the caller teaches, or goes to learn.
        ("en", "I teach at Augsburg. Five agents are at Riverside Plaza.", "Riverside Plaza"),
        ("en", "They raided a farm in Northfield.", "Northfield"),
        ("es", "Se lo llevaron en Worthington.", "Worthington"),
        ("es", "Lo pararon en Concord Street, South St. Paul.", "Concord St"),
        # Where it is going to be, and not where they go.
        ("en", "They say they're going to hit the Hmong Village on Saturday.", "Hmong Village"),
        # Not where it is said not to be.
        ("es", "No es en el Target, es en la biblioteca de la East Lake.", "East Lake Library"),
        (
            "en",
            "At the Home Depot in Burnsville, not the one in Bloomington.",
            "Home Depot (Burnsville)",
        ),
        ("so", "Home Depot-ka Burnsville, kan Bloomington maaha.", "Home Depot (Burnsville)"),
        ("en", "They're not at Lake and Cedar any more, they drove off.", "E Lake St & Cedar Ave"),
        ("es", "Ya no están en la Lake y Cedar, se fueron.", "E Lake St & Cedar Ave"),
        # Where Somali callers live and work, which they say behind the place.
        (
            "so",
            "Karmel ayaan ka shaqeeyaa, laakiin waxay joogaan Riverside Plaza.",
            "Riverside Plaza",
        ),
        ("so", "Skyline Tower ayaan ku noolahay, Saint Paul, way garaacayaan.", "Skyline Tower"),
        ("so", "Karmel ma joogaan, waxay joogaan Riverside Plaza.", "Riverside Plaza"),
        ("es", "Están en la Blake Road, no en los de la Mainstreet.", "Blake Rd"),
        # Where the family lives, where it was another day, who wrote of it, what it is far from.
        ("es", "Mi hermano vive en Eagan. Lo agarraron en Burnsville.", "Burnsville"),
        ("so", "Burnsville ayuu ku nool yahay, waxaa lagu qabtay Eagan, Cub-ka.", "Eagan"),
        (
            "en",
            "The same guys who were at the Quarry yesterday are at the Cub on Broadway.",
            "Cub Foods (West Broadway)",
        ),
        ("es", "Estaban ayer en el Home Depot de Bloomington, hoy en Fridley.", "Fridley"),
        ("es", "Lo agarraron ayer en Faribault, quizás lo llevaron a Whipple.", "Faribault"),
        (
            "en",
            "Our Powderhorn Park group chat says they're at the Aldi on Franklin.",
            "Aldi (Franklin)",
        ),
        (
            "en",
            "We followed them from 26th and Nicollet to 24th and Park, they're parked.",
            "E 24th St & Park Ave",
        ),
        ("so", "Wuxuu ka yimid Faribault, waxaa lagu qabtay Owatonna.", "Owatonna"),
        ("en", "I own the bakery at Central and 22nd. They're at Central and 24th.", "24th"),
        ("en", "My tenant lives at 3732 Grand. They stopped him on 61 in Hastings.", "61"),
        ("en", "A guy at the Holiday on Lyndale said they took people in St. Cloud.", "St. Cloud"),
        (
            "es",
            "Un muchacho del gimnasio de la Lake me contó que en Worthington hay redada.",
            "Worthington",
        ),
        ("so", "Saaxiibkay oo Shakopee ka shaqeeya ayaa yiri Faribault ayay joogaan.", "Faribault"),
        ("en", "My friend in Chicago saw them there. Here it's Portland and 46th.", "Portland"),
        ("en", "I'm in the lot by the airport, on Post Road. ICE is here.", "Post Rd"),
        ("en", "Four blocks from the capitol, on Rice, they had a car.", "Rice St"),
        ("en", "Everyone says they're at the Holiday station on Cedar.", "Cedar Ave"),
        ("es", "Están en la Nicollet. Mi hermana vive en la 27 y la Pillsbury.", "Nicollet Ave"),
        # Who works there, and says that it is here.
        (
            "es",
            "Trabajo limpiando aquí en el Midtown Global Market, hay migra por la diez.",
            "Midtown Global Market",
        ),
        # Who waits for work works at no such place.
        (
            "en",
            "My uncle was taken this morning. He was waiting for work at the Home Depot in"
            " Burnsville. I'm calling from Apple Valley. What do we do?",
            "Home Depot (Burnsville)",
        ),
        (
            "en",
            "This is about Farview Park on Saturday. Agents came on the field and took the coach. I"
            " stay over by 26th and Emerson, I'm not a witness.",
            "Farview Park",
        ),
        (
            "en",
            "I work at Methodist in St. Louis Park. There are two ICE officers outside a patient's"
            " room. He came by ambulance from Minnetonka.",
            "Methodist Hospital",
        ),
    ],
)
def test_of_several_places_the_one_where_it_happened_is_told(
    lang: str, words: str, name: str
) -> None:
    place = place_of(words, lang)
    assert place is not None
    found = place.candidates[0].name if place.candidates else place.area
    assert found is not None
    assert name in found


@pytest.mark.parametrize(
    ("lang", "words", "name"),
    [
        ("es", "Lo agarraron en el aeropuerto, en la Terminal 1.", "MSP Airport Terminal 1"),
        (
            "so",
            "Terminal 1, garoonka diyaaradaha, laba askari ayaa jooga.",
            "MSP Airport Terminal 1",
        ),
        # A station is called after a street, and a train says so.
        ("es", "En la estación de la treinta y ocho hay dos agentes.", "38th Street Station"),
        ("en", "Three officers at the Blue Line stop at 38th Street.", "38th Street Station"),
        ("es", "En la parada del light rail de Lake Street.", "Lake Street/Midtown Station"),
        (
            "en",
            "At Sun Ray, the transit center, they were asking people for papers.",
            "Sun Ray Transit Center",
        ),
        ("en", "From the transit level at Mall of America I see agents.", "Mall of America"),
        # As does a school.
        (
            "en",
            "I'm calling about Bancroft, the elementary school.",
            "Bancroft Elementary School",
        ),
        # The side of town says which number it is.
        ("en", "42nd and Lyndale north, they got a girl.", "42nd Ave N & Lyndale Ave"),
        ("es", "Emerson con la veintiséis del norte.", "Emerson Ave & 26th Ave N"),
        # Of three names the two that stand together cross.
        (
            "en",
            "We went back to Richfield and at 66th and Nicollet they had a truck.",
            "E 66th St & Nicollet Ave",
        ),
        ("es", "La Jefferson, en la esquina de la Hennepin con la 26.", "Hennepin Ave & W 26th St"),
        ("en", "An alley behind Clinton, between 36th and 37th.", "Clinton Ave & E 36th St"),
        # Whoever was wrong says so.
        (
            "en",
            "You posted 38th and Chicago but that's wrong, it's 38th and Elliot.",
            "E 38th St & Elliot Ave",
        ),
        # A pause between two streets.
        ("en", "We're on, uh, Blaisdell and like 34th.", "Blaisdell Ave & W 34th St"),
        ("en", "The place is on Eat Street, Nicollet and 26th.", "Nicollet Ave & E 26th St"),
        # The next sentence says by which.
        ("en", "I'm on Lake Street. Right by Bloomington.", "E Lake St & Bloomington Ave"),
        ("es", "Están en la Lake. Cerca de la Cedar.", "E Lake St & Cedar Ave"),
        # Of a chain's houses a part of town says more than its town.
        ("en", "Uh, St. Paul, the Cub at Sun Ray. Four of them.", "Cub Foods (Sun Ray)"),
    ],
)
def test_what_stands_beside_a_name_says_which_place_is_meant(
    lang: str, words: str, name: str
) -> None:
    place = place_of(words, lang)
    assert place is not None
    assert [each.name for each in place.candidates] == [name]


def test_one_place_and_another_are_not_where_two_streets_cross() -> None:
    place = place_of("Tiene dos locales, uno en la Robert y otro en la César Chávez.", "es")
    assert place is not None
    assert len(place.streets) == 1


def test_the_number_of_a_house_may_be_said_before_the_street_comes_to_mind() -> None:
    place = place_of("The address is 3128, uh, it's Pleasant Avenue South.", "en")
    assert place is not None
    assert (place.streets[0], place.number) == ("Pleasant Ave", 3128)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("es", "Dicen que andan en la Lake y que no salga nadie."),
        ("es", "Andan en la Lake y quieren entrar a la tienda."),
        ("es", "Andan en la Lake y como a las tres llegaron más."),
        ("en", "They're on Lake and come with guns."),
        ("en", "They're on Lake and she ran inside."),
    ],
)
def test_words_like_any_other_behind_and_cross_no_street(lang: str, words: str) -> None:
    place = place_of(words, lang)
    assert place is not None
    assert place.streets == ("Lake St",)


def test_a_corner_that_the_town_named_behind_it_does_not_have_is_in_no_other() -> None:
    place = place_of("I'm on 35W at 95th in Blaine.", "en")
    assert place is not None
    assert (place.streets, place.city) == (("I-35W", "95th St"), "Blaine")
    assert place.candidates == ()
