"""The application and its command line. Wiring only: what is done stands in the packages.

python app.py COMMAND --help says what each command does.
"""

from __future__ import annotations

import base64
import json
import logging
import secrets
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

import preflight
from config import Settings, SpeechSettings, load_settings, load_speech_settings
from dashboard import (
    AccountRefused,
    Check,
    Desk,
    ScriptQuestion,
    SpokenLanguage,
    Tiles,
    add_organizer,
    change_password,
    install,
)
from dashboard.accounts import canonical_username
from dashboard.administering import NoSuchPerson, reset_second_factor
from exports.bagging import clear
from exports.words import BadWords
from ivr.coverage import coverage_table
from ivr.fallback import FALLBACK, GOODBYE, write_fallback
from ivr.languages import BadPrompts, Language, load_prompts
from ivr.prompt_sounds import PromptShelf, prompt_sounds
from ivr.rehearsal import RehearsalLine, RehearsalTexts
from ivr.scripts import Script
from ivr.texting import texting
from ivr.webhooks import webhooks
from keeping.sealing import generate_key
from migrations import upgrade
from oncall.briefs import BadTells
from places.gazetteer import BadGazetteer, load_gazetteer
from places.importing import Order, import_places
from places.showing import contents, meanings
from reports.custody import BadHead, Head, head_of, heads_of
from reports.fields.lexicon import BadLexicon, load_lexicons
from reports.fields.names import Names
from reports.fields.plainly import ranked_plainly, told_from
from reports.fields.said import Passage
from reports.fields.second import NoOpinion
from reports.fields.understood import understand
from reports.model import Role
from reports.services.custody import verify_all
from reports.store import connect
from reports.wording import text_prompt
from serving import children
from transcribe.bulk import Done, Format, Means, result_of, tasks, write_out
from transcribe.engines import load_engine
from transcribe.hardware import threads
from transcribe.hears import BadHears
from transcribe.tuning import (
    Candidate,
    Measured,
    best,
    best_batch,
    candidates,
    measure,
    save,
    with_batches,
)
from transcribe.weights import BadWeights
from wiring import (
    Adapters,
    Clock,
    keep_what_is_loaded,
    now,
    second_reader,
    speech_pipeline,
    workspace,
)
from workers.queues import QueueName, QueueUnavailable
from workers.supervisor import Supervisor

DEPLOY = Path(__file__).parent / "deploy"
SESSION_HOURS = 12
LARGEST_FORM = 256 * 2**10
"""Bytes of a request's body: forms of keys and buttons, nothing else is sent here."""
SERVER = "the server"
"""Stands as who did what was done by command."""


def create_app(
    settings: Settings | None = None, clock: Clock = now, *, ahead: bool = False
) -> Flask:
    """The web application: webhooks for the provider, pages and API for organizers. `ahead`: it
    reads the reports there are in the background at once.

    Raises:
        BadSettings, BadPrompts, BadTells, BadLexicon, BadGazetteer, BadWords: it may not start;
            each lists all that is wrong.
    """
    settings = settings or load_settings()
    adapters = Adapters(settings, clock)
    app = Flask("witness_line", static_folder=None)
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=SESSION_HOURS),
        MAX_CONTENT_LENGTH=LARGEST_FORM,
    )
    if settings.trusted_proxies:
        # Whose address counts when logins fail. The signature's URL does not depend on it.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies)  # type: ignore[method-assign]
    app.register_blueprint(webhooks(adapters.telephone))
    app.register_blueprint(texting(adapters.texting))
    app.register_blueprint(prompt_sounds(PromptShelf(adapters.store, adapters.audio)))
    app.add_url_rule("/healthz", "healthz", lambda: ("well", 200))
    read_ahead = install(
        app,
        Desk(
            store=adapters.store,
            queue=adapters.queue,
            audio=adapters.audio,
            sealer=adapters.sealer,
            clock=clock,
            answer_links=adapters.answer_links,
            push_key=adapters.push_key.public,
            dispatcher=adapters.dispatcher,
            exporter=adapters.exporter,
            reader=adapters.reader,
            second_reader=second_reader(settings),
            next_asked=adapters.alerter.next_asked,
            rulebook=adapters.rulebook,
            channels=frozenset(adapters.channels),
            checks=lambda: [
                Check(each.name, each.well, each.said, each.advice)
                for each in preflight.from_outside(settings, adapters)
            ],
            zone=settings.zone,
            hotline_number=settings.hotline_number,
            api_token=settings.api_token.get_secret_value(),
            public_url=settings.public_url,
            second_factor_required=settings.second_factor == "required",
            language_names=adapters.tells.languages,
            question_titles=adapters.tells.questions,
            written_out=adapters.written_out,
            spoken=[spoken_language(language) for language in adapters.prompts.languages],
            questions=script_questions(adapters.prompts.script),
            tiles=None
            if settings.map_tiles_url is None
            else Tiles(settings.map_tiles_url, settings.map_tiles_credit.strip()),
            rehearsal_line=RehearsalLine(adapters.telephone),
            rehearsal_texts=RehearsalTexts(adapters.texting),
        ),
    )
    if ahead:
        keep_what_is_loaded()
        read_ahead()
    return app


def spoken_language(language: Language) -> SpokenLanguage:
    """The telephone's language as the dashboard records it."""
    return SpokenLanguage(
        code=language.code,
        name=language.name,
        keys=language.keys,
        review=language.review,
        voiced=language.voice is not None,
        words=language.words,
        texts={text_prompt(text): words for text, words in language.texts.items()},
    )


def script_questions(script: Script) -> list[ScriptQuestion]:
    """The telephone's questions as the dashboard switches them."""
    return [
        ScriptQuestion(
            question.id,
            question.optional,
            tuple(
                (menu.id, key)
                for menu in script.questions
                for key in menu.keys
                if (left := script.without([question.id]).question(menu.id)) is not None
                and key not in left.keys
            ),
        )
        for question in script.questions
    ]


@click.group(help="Witness Line: a hotline that a community group runs for itself.")
def cli() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")


@cli.command()
def init() -> None:
    """Write an .env with fresh keys, to be filled in."""
    file = Path(".env")
    if file.exists():
        raise click.ClickException(".env is there already; nothing was changed.")
    file.touch(mode=0o600)
    file.write_text(_fresh_env(), encoding="utf-8")
    click.echo(".env is written. Fill in what is empty, then: python app.py check")


@cli.command()
def check() -> None:
    """Say, line by line, what works."""
    findings = []
    for finding in preflight.check(load_settings()):
        click.echo(str(finding))
        findings.append(finding)
    problems = sum(not finding.well for finding in findings)
    click.echo("All is well." if not problems else f"{problems} to be mended.")
    sys.exit(1 if problems else 0)


@cli.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    settings = load_settings()
    _prepare_state(settings)
    upgrade(connect(settings.database_url), settings.keyring)
    click.echo("The database is up to date.")


@cli.command()
def serve() -> None:
    """Run the whole line on this machine, until Ctrl-C."""
    settings = load_settings()
    _prepare_state(settings)
    upgrade(connect(settings.database_url), settings.keyring)
    try:
        create_app(settings)  # what is wrong is said here once, and not by each process in turn
        _ = Adapters(settings).hears
    except (BadPrompts, BadTells, BadHears, BadLexicon, BadGazetteer, BadWords) as bad:
        raise click.ClickException(str(bad)) from bad
    clear(workspace(settings))
    Supervisor(children(settings), log=click.echo).run()


@cli.command()
def ready() -> None:
    """End with status 0 if every queue has a worker, 1 if not."""
    queue = Adapters(load_settings()).queue
    try:
        missing = set(QueueName) - queue.workers_alive()
    except QueueUnavailable as away:
        raise click.ClickException(str(away)) from away
    if missing:
        raise click.ClickException(f"nobody works {', '.join(sorted(missing))}")


@cli.command()
def weights() -> None:
    """Fetch and prepare the weights of the speech model."""
    settings = load_settings()
    click.echo(f"Preparing {settings.speech_engine} {settings.speech_model} …")
    load_engine(
        settings.speech_engine,
        settings.speech_model,
        cache_dir=settings.model_cache,
        on_progress=click.echo,
    )
    click.echo("Ready.")


@cli.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="PATH…"
)
@click.option("--lang", "language", help="The language that all are in; by default detected.")
@click.option("--json", "as_json", is_flag=True, help="One file: print all of it, write nothing.")
@click.option("--english", is_flag=True, help="Write English beside what is in other languages.")
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    default="transcripts",
    show_default=True,
    help="The folder for the transcripts.",
)
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice([each.value for each in Format]),
    default=[each.value for each in Format],
    show_default=True,
    help="Again for each; JSON is always written.",
)
def transcribe(
    paths: tuple[Path, ...],
    language: str | None,
    as_json: bool,
    english: bool,
    to: Path,
    formats: tuple[str, ...],
) -> None:
    """Write out audio files, or all in folders, without a telephone.

    What was written before is not written again: broken off, it goes on where it stopped.
    """
    logging.getLogger("faster_whisper").setLevel(logging.WARNING)  # a line for each file
    settings = load_speech_settings()
    means = Means(settings.speech_engine, settings.speech_model, language, english)
    wanted = tasks(paths, to)
    if as_json and len(wanted) != 1:
        raise click.UsageError(f"--json is for one file; these are {len(wanted)}")
    click.echo(f"Loading {means.engine} {means.model} …", err=True)
    try:
        transcriber = speech_pipeline(settings, lambda line: click.echo(line, err=True))
    except (BadHears, BadPrompts, BadWeights) as bad:
        raise click.ClickException(str(bad)) from bad
    if as_json:
        file = wanted[0].file
        result = result_of(transcriber, file.name, file.read_bytes(), means)
        click.echo(json.dumps(result, ensure_ascii=False, indent=1))
        return
    ended: dict[Done, list[Path]] = {done: [] for done in Done}
    with click.progressbar(
        wanted, label="Writing out", item_show_func=lambda task: task.file.name if task else ""
    ) as bar:
        for task in bar:
            done = write_out(transcriber, task, means, [Format(each) for each in formats])
            ended[done].append(task.file)
    click.echo(
        f"{len(ended[Done.WRITTEN])} written to {to}, {len(ended[Done.THERE])} were there before,"
        f" {len(ended[Done.NO_WORDS])} without words, {len(ended[Done.NO_AUDIO])} no audio."
    )
    for file in ended[Done.NO_WORDS]:
        click.echo(f"  listen: {file}")
    for file in ended[Done.NO_AUDIO]:
        click.echo(f"  not read: {file}", err=True)
    if ended[Done.NO_AUDIO]:
        sys.exit(1)


@cli.group()
def speech() -> None:
    """What hears callers."""


@speech.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE…",
)
@click.option("--lang", "language", help="The language that all are in; by default detected.")
@click.option("--dry-run", is_flag=True, help="Only measure; the next start is as it was.")
def tune(files: tuple[Path, ...], language: str | None, dry_run: bool) -> None:
    """Measure which engine, model, threads and batch suit this machine; the next start takes them.

    FILEs are some recordings of speech as callers make them, 5 to 15 seconds each; ten are enough.
    Other work on the machine should rest meanwhile.
    """
    settings = load_speech_settings()
    wanted = candidates(settings.model_cache)
    if not wanted:
        raise click.ClickException("no weights are at hand: python app.py weights")
    click.echo(f"{len(wanted)} candidates, {len(files)} recordings, {threads()} cores.")
    click.echo(f"{'':36}{'load s':>8}{'work/s':>8}{'a minute':>10}{'MiB':>7}")
    try_out = partial(measure, files=files, language=language, cache_dir=settings.model_cache)
    measured = _measured(
        try_out,
        {f"{each.engine} {each.model}, threads {each.threads}": each for each in wanted},
    )
    chosen = best(measured)
    if chosen is None:
        raise click.ClickException("none could be measured: are these recordings of speech?")
    name = f"{chosen.candidate.engine} {chosen.candidate.model}"
    click.echo(f"Best: {name}, {chosen.candidate.threads} thread(s) for each worker.")
    if not chosen.in_time:
        click.echo("Even that is slower than a place is wanted: a smaller model, or more cores.")
    batch = best_batch(
        _measured(
            partial(try_out, as_one=True),
            {
                f"a long message, {each.batch} piece(s) at once": each
                for each in with_batches(chosen.candidate)
            },
        )
    )
    pieces = 1 if batch is None else batch.candidate.batch
    click.echo(f"And {pieces} piece(s) of a long message at once.")
    if not dry_run:
        file = save(chosen, pieces, settings.state_dir, f"{now():%Y-%m-%d}")
        click.echo(f"Kept in {file}; start the line again.")


def _measured(
    try_out: Callable[[Candidate], Measured | str], named: Mapping[str, Candidate]
) -> list[Measured]:
    """Tries candidates in turn, says how each did, and gives those that could be measured."""
    measured: list[Measured] = []
    for name, candidate in named.items():
        click.echo(f"{name:36}", nl=False)
        found = try_out(candidate)
        if isinstance(found, str):
            click.echo(f"  {found}")
            continue
        measured.append(found)
        in_time = "" if found.in_time else "  too slow"
        click.echo(
            f"{found.load:8.1f}{found.share:8.2f}{found.a_minute:10.1f}{found.memory:7.0f}{in_time}"
        )
    return measured


def _second_opinion(settings: SpeechSettings, passages: Sequence[Passage]) -> dict[str, Any]:
    reader = second_reader(settings)
    if reader is None:
        raise click.ClickException("nobody is asked: set SECOND_OPINION_URL")
    try:
        opinions = reader.read(passages)
    except NoOpinion as none:
        raise click.ClickException(f"{reader.name}: {none}") from none
    return {
        "by": reader.name,
        "opinions": [
            {"field": name, "value": each.value, "words": each.words} for name, each in opinions
        ],
    }


def _listed(batch: TextIO) -> list[object]:
    try:
        given = json.load(batch)
    except ValueError as error:
        raise ValueError(f"{batch.name} is no JSON: {error}") from error
    if not isinstance(given, list):
        raise ValueError(f"{batch.name}: wanted a list")
    return given


@cli.command("understand")
@click.option("--lang", "language", default="en", show_default=True, help="Of the words.")
@click.option("--at", "at", help="When the call came: 2026-01-15T08:10:00-06:00. By default now.")
@click.option("--keys", default="", help="What was pressed: officers=4,present=1,callback=1")
@click.option(
    "--batch",
    type=click.File(encoding="utf-8"),
    help="A JSON list of {words, lang, at, keys}: prints a list.",
)
@click.option("--second", is_flag=True, help="Ask the model of SECOND_OPINION_URL, too.")
def understand_words(
    language: str, at: str | None, keys: str, batch: TextIO | None, *, second: bool
) -> None:
    """Print what is understood of the words on standard input, as JSON."""
    settings = load_speech_settings()
    try:
        lexicons, names = load_lexicons(settings.prompts), Names(load_gazetteer(settings.places))
        if batch is None:
            words = sys.stdin.read()
            given: Any = {"words": words, "lang": language, "at": at, "keys": keys}
            told = told_from(given, lexicons, now())
            found: Any = ranked_plainly(told, understand(told, names))
            if second:
                found["second_opinion"] = _second_opinion(settings, told.passages)
        else:
            every = [told_from(each, lexicons, now()) for each in _listed(batch)]
            found = [ranked_plainly(each, understand(each, names)) for each in every]
    except ValueError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))


@cli.command()
@click.option("--check", is_flag=True, help="Change nothing; end with status 1 if they are old.")
@click.option("--goodbye", metavar="URL", help="Only print the first, leading to URL afterwards.")
@click.option(
    "--prompts",
    "folder",
    type=click.Path(path_type=Path),
    default=Settings.model_fields["prompts"].default,
    help="Where PROMPTS is, if not where it comes.",
)
def fallback(check: bool, goodbye: str | None, folder: Path) -> None:
    """Write deploy/fallback.xml and goodbye.xml: what callers hear while this line is down."""
    try:
        prompts = load_prompts(folder)
    except BadPrompts as bad:
        raise click.ClickException(str(bad)) from bad
    if goodbye is not None:
        click.echo(write_fallback(prompts, goodbye).greeting, nl=False)
        return
    written = write_fallback(prompts)
    for name, text in ((FALLBACK, written.greeting), (GOODBYE, written.goodbye)):
        file = DEPLOY / name
        if not check:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            raise click.ClickException(f"{name} is older than prompts/: python app.py fallback")
    greeted = ", ".join(language.name for language in written.greeted)
    click.echo(f"Greets in {greeted}; {written.seconds:.0f} seconds until the tone.")
    for language in written.left_out:
        click.echo(f"Not in {language.name}: no time, or no voice for it.")


@cli.group("prompts")
def prompts_group() -> None:
    """What callers hear."""


@prompts_group.command("check")
@click.option(
    "--prompts",
    "folder",
    type=click.Path(path_type=Path),
    help="Look at this folder alone, without settings: what was recorded is not counted.",
)
def prompts_check(folder: Path | None) -> None:
    """Say what is wrong in PROMPTS, or how every prompt is heard in every language."""
    try:
        if folder is not None:
            prompts = load_prompts(folder)
        else:
            adapters = Adapters(load_settings())
            prompts = adapters.prompts_now
            with _database_errors(), adapters.store.read() as records:
                prompts = prompts.with_recordings(records.current_takes(prompts.said))
    except BadPrompts as bad:
        raise click.ClickException(str(bad)) from bad
    for row in coverage_table(prompts):
        click.echo(row)


@cli.group()
def custody() -> None:
    """The log of who did what with recordings, which nobody can change unnoticed."""


@custody.command("verify")
@click.option(
    "--head",
    "kept",
    multiple=True,
    metavar="HEAD|FILE",
    help="What `custody head` once printed, or a file of such lines: finds an end that was cut off,"
    " and a log that was written anew.",
)
@click.option("--audio", is_flag=True, help="Read every recording and picture back, too.")
def custody_verify(kept: tuple[str, ...], audio: bool) -> None:
    """Say whether the log, and what it tells of, is as it was; status 1 if something is not."""
    heads = _heads(kept)
    adapters = Adapters(load_settings())
    with _database_errors():
        with adapters.store.read() as records:
            length = records.custody_head().number + records.count_kept()
        with click.progressbar(length=length, label="Verifying", file=sys.stderr) as bar:
            extent = verify_all(
                adapters.store,
                adapters.audio if audio else None,
                heads,
                on_problem=click.echo,
                on_progress=bar.update,
            )
    span = ""
    if extent.since is not None and extent.until is not None:
        span = f", {extent.since:%Y-%m-%d %H:%M:%S} to {extent.until:%Y-%m-%d %H:%M:%S} UTC"
    click.echo(f"{extent.entries} entries{span}. Head {extent.head}")
    files = " and their files" if audio else ""
    click.echo(f"{extent.looked_at} recordings, attachments and transcripts{files} compared.")
    if heads:
        click.echo(f"{len(heads)} head(s) kept elsewhere compared.")
    click.echo(f"{extent.problems} problem(s)." if extent.problems else "Nothing was changed.")
    if extent.problems:
        sys.exit(1)


@custody.command("head")
def custody_head() -> None:
    """Print how far the log goes, in one line: keep it where this machine's owner cannot reach."""
    with _database_errors(), Adapters(load_settings()).store.read() as records:
        click.echo(records.custody_head())


def _heads(kept: tuple[str, ...]) -> list[Head]:
    heads: list[Head] = []
    for each in kept:
        try:
            if Path(each).is_file():
                heads += heads_of(Path(each).read_text(encoding="utf-8").splitlines())
            else:
                heads.append(head_of(each))
        except (BadHead, OSError, UnicodeDecodeError) as wrong:
            raise click.ClickException(f"--head {each[:80]}: {wrong}") from wrong
    return heads


@contextmanager
def _database_errors() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        advice = "look at DATABASE_URL, or: python app.py migrate"
        raise click.ClickException(f"the database: {type(error).__name__}; {advice}") from error


@cli.group()
def places() -> None:
    """The streets, landmarks and areas that callers name."""


@places.command("import")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE…",
)
@click.option("--to", type=click.Path(path_type=Path), required=True, help="The folder to write.")
@click.option("--licence", default="", help="Whose data it is, and how it may be used: shown.")
@click.option("--city", help="The one that is meant where a row names none.")
@click.option(
    "--base",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another folder of places, into which these are put: its names and points stay.",
)
@click.option("--replace", is_flag=True, help="If the folder is there already.")
@click.option("--dry-run", is_flag=True, help="Only say what would be written.")
def places_import(files: tuple[Path, ...], licence: str, **how: Any) -> None:
    """Make a folder of places from CSV, GeoJSON or extracts of OpenStreetMap: docs/places.md."""
    order = Order(files, licence=licence, when=f"{now():%Y-%m-%d}", **how)
    try:
        written = import_places(order, say=click.echo)
    except (ValueError, OSError) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    for line in contents(written):
        click.echo(line)
    click.echo("Nothing was written." if order.dry_run else f"In {order.to}: set PLACES to it.")


@places.command("show")
@click.argument("name", required=False)
@click.option(
    "--in",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another folder than PLACES.",
)
def places_show(name: str | None, folder: Path | None) -> None:
    """Say what the places are and whose they are; or what NAME, a crossing or an address means."""
    try:
        gazetteer = load_gazetteer(folder or load_speech_settings().places)
    except ValueError as bad:
        raise click.ClickException(str(bad)) from bad
    lines = list(contents(gazetteer) if name is None else meanings(gazetteer, name))
    if not lines:
        raise click.ClickException(f"{name} means nothing here")
    for line in lines:
        click.echo(line)
    if name is not None:
        for licence in gazetteer.licences:
            click.echo(licence)


@cli.group()
def organizer() -> None:
    """People who may log in to the dashboard."""


@organizer.command("add")
@click.argument("username")
@click.option("--name", default=None, help="How others see them; by default the username.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.ADMIN.value,
    show_default=True,
    help="What they may do; an admin invites others on the pages.",
)
@click.password_option(help="At least 10 characters; asked for when left out.")
def organizer_add(username: str, name: str | None, role: str, password: str) -> None:
    """Let USERNAME log in."""
    store = Adapters(load_settings()).store
    try:
        add_organizer(store, username, name or username, password, now(), role=Role(role))
    except AccountRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{username} may log in.")


@organizer.command("password")
@click.argument("username")
@click.password_option(help="At least 10 characters; asked for when left out.")
def organizer_password(username: str, password: str) -> None:
    """Give USERNAME a new password and end their sessions."""
    store = Adapters(load_settings()).store
    try:
        change_password(store, username, password)
    except AccountRefused as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"{username} has a new password; their sessions are over.")


@organizer.command("reset-second-factor")
@click.argument("username")
def organizer_reset_second_factor(username: str) -> None:
    """Take the app, passkeys and recovery codes of USERNAME away, who lost them, and end their
    sessions; where a second factor is required they set a new one up when they log in."""
    store = Adapters(load_settings()).store
    try:
        with store.begin() as records:
            reset_second_factor(records, canonical_username(username), SERVER, now())
    except (NoSuchPerson, AccountRefused) as refused:
        raise click.ClickException(f"nobody has the username {username!r}") from refused
    click.echo(f"{username} has nothing but the password left; their sessions are over.")


def _prepare_state(settings: Settings) -> None:
    settings.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)


def _fresh_env() -> str:
    template = Path(__file__).with_name(".env.example").read_text(encoding="utf-8")
    return (
        template.replace("DATA_KEY=\n", f"DATA_KEY={generate_key()}\n")
        .replace("SECRET_KEY=\n", f"SECRET_KEY={_secret()}\n")
        .replace("API_TOKEN=\n", f"API_TOKEN={_secret()}\n")
    )


def _secret() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")


if __name__ == "__main__":
    cli()
