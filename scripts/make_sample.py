"""Write the sample input: two months of a shop and a blog that do not exist.

    python scripts/make_sample.py [FOLDER]      (FOLDER is `data` by default)

FOLDER/hits/hits_<last day of the load week>.csv.gz   hits of the site `shop`
FOLDER/access_logs/blog.access.log.gz                 web server log of `blog`

Every run writes the same bytes, on every Python from 3.11 on (where Python comes
with another zlib, the compressed bytes differ, but not the content).
The sample holds the trouble that real input holds: hits that come late or twice,
broken rows, bots, people on two devices and devices with two people. The rows
that tests can name by their time are in `staged_hits`.
"""

import csv
import gzip
import io
import math
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 63
END = START + timedelta(days=DAYS)
DAY = 86400  # seconds

PEOPLE = 2320
MEMBERS = 0.13  # the share of people who sign in at some time
SHARED_DEVICES = 4
READERS = 700
SCANS = 120
EQUAL_LINES = 12
CUT_LINES = 6

LATE = 0.02  # shares of the shop's hits
TWICE = 0.01
WEEKS_LATE = 6
OTHER_OFFSET = 15
BROKEN_VISITOR_IDS = ["", "", "", "", "null", "null", "null", "undefined", "undefined"]
BROKEN_TIMES = ["not a time", "not a time", "not a time", "", "", ""]
BROKEN_VALUES = ["twelve", "twelve"]
PLACEHOLDER_USER_IDS = ["anonymous", "0", "null"] * 6

WEEKDAYS = [1.0, 0.97, 0.95, 0.93, 0.85, 0.55, 0.62]  # Monday to Sunday
MORNING = [3, 2, 1, 1, 1, 2, 4, 7, 9, 11, 12, 12]  # weights of the hours
AFTERNOON = [13, 12, 11, 11, 11, 12, 13, 15, 16, 14, 9, 6]
HOURS = dict(enumerate(MORNING + AFTERNOON))

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
CHROME = f"{WEBKIT} Chrome/145.0.0.0"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.2"
USER_AGENTS = {
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36": 20,
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {CHROME} Safari/537.36": 7,
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {SAFARI} Safari/605.1.15": 8,
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36 Edg/145.0.0.0": 8,
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:148.0) Gecko/20100101 Firefox/148.0": 6,
    "Mozilla/5.0 (X11; Linux x86_64; rv:148.0) Gecko/20100101 Firefox/148.0": 3,
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) {SAFARI} Mobile/15E148"
    " Safari/604.1": 22,
    f"Mozilla/5.0 (Linux; Android 10; K) {CHROME} Mobile Safari/537.36": 18,
    f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} SamsungBrowser/29.0"
    " Chrome/136.0.0.0 Mobile Safari/537.36": 5,
    f"Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) {SAFARI} Mobile/15E148 Safari/604.1": 4,
    f"Mozilla/5.0 (Linux; Android 14; SM-X210) {CHROME} Safari/537.36": 2,
}
CUBOT = f"Mozilla/5.0 (Linux; Android 13; CUBOT P80) {CHROME} Mobile Safari/537.36"
HEADLESS = f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/145.0.0.0"
HEADLESS += " Safari/537.36"
GOOGLEBOT = (
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1;"
    " +http://www.google.com/bot.html) Chrome/145.0.7632.75 Safari/537.36"
)
UPTIME_ROBOT = "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)"
BLOG_CRAWLERS = {  # and how many requests each makes
    GOOGLEBOT: 300,
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0;"
    " +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36": 180,
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.2;"
    " +https://openai.com/gptbot": 160,
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0;"
    " +claudebot@anthropic.com)": 160,
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)": 220,
}

LOCALES = {
    ("DE", "de-DE"): 60,
    ("AT", "de-AT"): 10,
    ("CH", "de-CH"): 6,
    ("CH", "fr-CH"): 2,
    ("FR", "fr-FR"): 6,
    ("NL", "nl-NL"): 5,
    ("US", "en-US"): 6,
    ("GB", "en-GB"): 5,
}

SHOP = "https://shop.example.com"
SHOP_PAGES = [
    "/",
    "/category/green-tea",
    "/category/black-tea",
    "/category/teaware",
    "/product/sencha-100g",
    "/product/gyokuro-50g",
    "/product/assam-250g",
    "/product/cast-iron-kettle",
    "/product/porcelain-cup",
    "/journal/water-matters",
    "/journal/how-to-brew-green-tea",
    "/help/shipping",
    "/newsletter",
]
PRICES = [690, 990, 1290, 1450, 1890, 2490, 6900]  # in cents
INTERACTIONS = {  # hit type and hit name
    ("scroll", ""): 30,
    ("ping", ""): 14,
    ("click", "add-to-cart"): 14,
    ("click", "open-menu"): 10,
    ("click", "show-reviews"): 8,
    ("search", "matcha"): 5,
    ("search", "tea for two"): 3,
    ("search", "grüner tee"): 2,
    ("download", "brewing-guide.pdf"): 3,
    ("custom", "video-played"): 3,
    ("custom", "chat-opened"): 2,
    ("form_start", ""): 4,
    ("form_submission", ""): 2,
}
PAYMENT = "https://checkout.paypal.com/"

BLOG = "https://blog.example.com"
BLOG_PAGES = ["/", "/about", "/posts/late-hits", "/posts/thirty-minutes"]
BLOG_PAGES += ["/posts/counting-people", "/posts/time-zones", "/posts/small-data"]
BLOG_ASSETS = ["/assets/site.css", "/assets/site.js", "/images/logo.png"]
SCANNED = ["/wp-login.php", "/.env", "/xmlrpc.php", "/.git/config", "/admin/"]
SCANNERS = ["python-requests/2.32.3", "curl/8.5.0", "Go-http-client/1.1", "-"]
TLS_BYTES = r"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03"
REQUEST_TIME_SINCE = datetime(2026, 4, 20, 14, tzinfo=UTC)  # a field more per line

UTM_COLUMNS = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"]
CAMPAIGN_DAYS = {
    "spring-sale-2026": (date(2026, 3, 16), date(2026, 4, 12)),
    "easter-2026": (date(2026, 3, 23), date(2026, 4, 6)),
    "brand": (date(2026, 3, 2), date(2026, 5, 3)),
    "retargeting-q2": (date(2026, 4, 1), date(2026, 5, 3)),
    "april-news": (date(2026, 4, 8), date(2026, 4, 26)),
}


@dataclass(frozen=True)
class Entry:
    """A way to a site, and how many come by it."""

    weight: int
    referrer: str = ""
    utm: str = ""  # source/medium/campaign/term/content
    click_id: str = ""

    def tags(self) -> dict[str, str]:
        return {
            name: value
            for name, value in zip(UTM_COLUMNS, self.utm.split("/"), strict=False)
            if value
        }

    def runs_on(self, day: date) -> bool:
        campaign = self.tags().get("utm_campaign", "")
        first, last = CAMPAIGN_DAYS.get(campaign, (date.min, date.max))
        return first <= day <= last


SHOP_ENTRIES = [
    Entry(26),
    Entry(18, "https://www.google.com/"),
    Entry(5, "https://www.google.de/"),
    Entry(3, "https://www.bing.com/"),
    Entry(2, "https://duckduckgo.com/"),
    Entry(2, "https://m.facebook.com/"),
    Entry(2, "https://www.instagram.com/"),
    Entry(1, "https://www.linkedin.com/"),
    Entry(2, "https://www.reddit.com/"),
    Entry(2, "https://tea-diary.example/best-kettles"),
    Entry(2, "https://kitchen-notes.example/2026/03/green-tea"),
    Entry(1, f"{BLOG}/posts/small-data"),
    Entry(1, "https://chatgpt.com/"),
    Entry(2, "https://chatgpt.com/", "chatgpt.com"),
    Entry(1, "https://www.perplexity.ai/"),
    Entry(6, "", "newsletter/email/spring-sale-2026"),
    Entry(5, "", "newsletter/email/easter-2026"),
    Entry(6, "https://www.google.com/", "google/cpc/brand/teahouse", "gclid"),
    Entry(4, "https://www.google.com/", "google/cpc/spring-sale-2026/sencha"),
    Entry(
        3,
        "https://l.facebook.com/",
        "facebook/paid_social/spring-sale-2026//carousel-a",
        "fbclid",
    ),
    Entry(2, "https://l.instagram.com/", "instagram/paid_social/easter-2026//story-b"),
    Entry(4, "https://weather.example/", "google/display/retargeting-q2//banner-b"),
    Entry(2, "https://www.awin1.com/", "awin/affiliate/spring-sale-2026"),
]
BLOG_ENTRIES = [
    Entry(30),
    Entry(30, "https://www.google.com/"),
    Entry(5, "https://duckduckgo.com/"),
    Entry(9, "https://news.ycombinator.com/"),
    Entry(6, "https://www.reddit.com/"),
    Entry(4, "https://www.linkedin.com/"),
    Entry(4, "https://chatgpt.com/"),
    Entry(2, f"{SHOP}/journal/water-matters"),
    Entry(14, "", "newsletter/email/april-news"),
    Entry(1, "https://www.google.com/", click_id="gclid"),
]

T = TypeVar("T")


class Dice:
    """Chance, from `random()` and `randrange()` only, which no Python changes."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def between(self, low: int, high: int) -> int:
        return self.random.randrange(low, high + 1)

    def pick(self, options: Sequence[T]) -> T:
        return options[self.random.randrange(len(options))]

    def weighted(self, options: dict[T, int]) -> T:
        left = self.random.randrange(sum(options.values()))
        for option, weight in options.items():
            left -= weight
            if left < 0:
                return option
        raise AssertionError("the weights are used up")

    def lognormal(self, median: float, sigma: float) -> float:
        bell = math.fsum(self.random.random() for _ in range(12)) - 6
        return median * math.exp(sigma * bell)

    def pareto(self, exponent: float, most: int) -> int:
        return min(most, int((1 - self.random.random()) ** -exponent))

    def hex(self, digits: int) -> str:
        return f"{self.random.randrange(16**digits):0{digits}x}"

    def ip(self) -> str:
        if self.chance(0.3):
            return f"2001:db8::{self.between(1, 0xFFFF):x}"
        network = self.pick(["192.0.2", "198.51.100", "203.0.113"])
        return f"{network}.{self.between(1, 254)}"

    def shuffled(self, items: Sequence[T]) -> list[T]:
        keyed = [(self.random.random(), number) for number in range(len(items))]
        return [items[number] for _, number in sorted(keyed)]


@dataclass(frozen=True)
class Zone:
    """A time zone in the spring of 2026; the machine's own list is not needed."""

    winter_hours: int
    summer_starts: datetime

    def offset(self, moment: datetime) -> timedelta:
        return timedelta(hours=self.winter_hours + (moment >= self.summer_starts))


BERLIN = Zone(1, datetime(2026, 3, 29, 1, tzinfo=UTC))
NEW_YORK = Zone(-5, datetime(2026, 3, 8, 7, tzinfo=UTC))


def rhythm(day: int) -> float:
    """How busy a day is, from 0 to 1: by weekday, and growing slowly."""
    return WEEKDAYS[day % 7] * (0.9 + 0.1 * day / DAYS)


def visit_starts(dice: Dice, zone: Zone, count: int) -> list[datetime]:
    """The times at which somebody comes to a site, at most `count`."""
    starts: list[datetime] = []
    day = dice.between(0, DAYS - 1)
    while len(starts) < count and day < DAYS:
        if not dice.chance(rhythm(day)):
            day = day + 1 if starts else dice.between(0, DAYS - 1)
            continue
        hour = dice.weighted(HOURS)
        within = timedelta(milliseconds=dice.between(0, 3_599_999))
        local = START + timedelta(days=day, hours=hour) + within
        starts.append(local - zone.offset(local))
        day += int(dice.lognormal(20 / (4 + count), 1.1))  # regulars come sooner
    return starts


def thinking_time(dice: Dice) -> timedelta:
    if dice.chance(0.012):  # near the timeout
        return timedelta(milliseconds=dice.between(1_560_000, 2_040_000))
    return timedelta(seconds=0.4 + min(dice.lognormal(28, 1.2), 1500))


def entry_on(dice: Dice, entries: Sequence[Entry], moment: datetime) -> Entry:
    running = [entry for entry in entries if entry.runs_on(moment.date())]
    return dice.weighted({entry: entry.weight for entry in running})


def landing_query(dice: Dice, entry: Entry) -> str:
    query = entry.tags()
    if entry.click_id:
        query[entry.click_id] = f"Cj0KCQjw{dice.hex(24)}"
    return f"?{urlencode(query)}" if query else ""


# The shop


@dataclass
class Hit:
    """A row of the hit files, with its columns in order."""

    hit_id: str
    visitor_id: str
    event_at: str
    loaded_at: str
    site_id: str = "shop"
    user_id: str = ""
    hit_type: str = "page_view"
    hit_name: str = ""
    page_url: str = ""
    page_title: str = ""
    referrer_url: str = ""
    user_agent: str = ""
    ip: str = ""
    country_code: str = ""
    language: str = ""
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_term: str = ""
    utm_content: str = ""
    value: str = ""
    currency: str = ""


Fits = Callable[[Hit], bool]


@dataclass
class Device:
    visitor_id: str
    user_agent: str
    ip: str
    country_code: str
    language: str
    user_id: str = ""  # who is signed in now


@dataclass
class Person:
    devices: list[Device]
    user_id: str = ""
    visits_as_stranger: int = 0
    least_visits: int = 1
    visits: int = 0


@dataclass(frozen=True)
class Step:
    """One hit of a visit; without a path, on the page of the hit before."""

    hit_type: str
    hit_name: str = ""
    path: str = ""
    referrer: str = ""


def view(path: str, referrer: str = "") -> Step:
    return Step("page_view", "", path, referrer)


FORM = [Step("form_start"), Step("form_submission")]
SIGN_IN = [view("/account/login"), *FORM, view("/account")]
CHECKOUT = [view("/cart"), view("/checkout"), *FORM]
CHECKOUT += [view("/checkout/thank-you", PAYMENT), Step("purchase")]


def title_of(path: str) -> str:
    return path.split("/")[-1].replace("-", " ").capitalize() or "Teahouse"


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shifted(time: str, seconds: float) -> str:
    return iso(datetime.fromisoformat(time) + timedelta(seconds=seconds))


def new_device(dice: Dice, user_agent: str = "") -> Device:
    country_code, language = dice.weighted(LOCALES)
    user_agent = user_agent or dice.weighted(USER_AGENTS)
    return Device(dice.hex(16), user_agent, dice.ip(), country_code, language)


def new_hit(dice: Dice, device: Device, moment: datetime) -> Hit:
    loaded_at = moment + timedelta(seconds=2 + min(dice.lognormal(20, 1), 600))
    times = {"event_at": iso(moment), "loaded_at": iso(loaded_at)}
    return Hit(hit_id=dice.hex(16), **times, **vars(device))


def new_people(dice: Dice) -> list[Person]:
    people = [Person([new_device(dice)]) for _ in range(PEOPLE)]
    members = [person for person in people if dice.chance(MEMBERS)]
    for number, person in enumerate(members, start=101):
        person.user_id = f"user-{number:05d}"
        person.visits_as_stranger = dice.weighted({0: 5, 1: 3, 2: 2, 3: 1})
        if dice.chance(0.35):
            person.devices.append(new_device(dice))
        person.least_visits = person.visits_as_stranger + len(person.devices)
    for first, second in zip(members[:SHARED_DEVICES], members[-SHARED_DEVICES:], strict=False):
        second.devices = first.devices
    return people


def visit_steps(dice: Dice, signs_in: bool) -> list[Step]:
    """What one visit does, in 1 to 30 hits."""
    most = min(30, round(dice.lognormal(1.8, 0.9)))
    steps = [view(dice.pick(SHOP_PAGES))]
    while len(steps) < most:
        if dice.chance(0.45):
            steps.append(Step(*dice.weighted(INTERACTIONS)))
        else:
            steps.append(view(dice.pick(SHOP_PAGES)))
    if signs_in:
        steps[1:1] = SIGN_IN
    if dice.chance(0.12 if signs_in else 0.025):
        steps += CHECKOUT
    return steps[:30]


def visit_hits(dice: Dice, person: Person, start: datetime) -> list[Hit]:
    device = person.devices[person.visits % len(person.devices)]
    knows_shop = person.visits >= person.visits_as_stranger
    signs_in = person.user_id not in ("", device.user_id) and knows_shop
    person.visits += 1
    entry = entry_on(dice, SHOP_ENTRIES, start)
    query = landing_query(dice, entry) if dice.chance(0.5) else ""
    tags, page_url, title, referrer = entry.tags(), "", "", entry.referrer
    hits: list[Hit] = []
    moment = start
    for step in visit_steps(dice, signs_in):
        if step.path and hits:
            tags, referrer, query = {}, step.referrer or page_url, ""
        if step.path:
            page_url, title = SHOP + step.path + query, title_of(step.path)
        hit = replace(
            new_hit(dice, device, moment),
            hit_type=step.hit_type,
            hit_name=step.hit_name,
            page_url=page_url,
            page_title=title,
            referrer_url=referrer,
            **tags,
        )
        if step.hit_type == "purchase":
            cents = sum(dice.pick(PRICES) for _ in range(dice.between(1, 4)))
            hit.value, hit.currency = f"{cents // 100}.{cents % 100:02d}", "EUR"
        if signs_in and step.hit_type == "form_submission":
            device.user_id = person.user_id
        hits.append(hit)
        moment += thinking_time(dice)
    return hits


def shop_visits(dice: Dice) -> list[Hit]:
    plan: list[tuple[datetime, Person]] = []
    for person in new_people(dice):
        count = max(person.least_visits, dice.pareto(0.45, most=40))
        plan += [(start, person) for start in visit_starts(dice, BERLIN, count)]
    plan.sort(key=lambda visit: visit[0])
    return [hit for start, person in plan for hit in visit_hits(dice, person, start)]


def views(dice: Dice, device: Device, moments: Sequence[datetime]) -> list[Hit]:
    """Page views of one visitor at given times."""
    hits = [new_hit(dice, device, moment) for moment in moments]
    for hit in hits:
        path = dice.pick(SHOP_PAGES)
        hit.page_url, hit.page_title = SHOP + path, title_of(path)
    return hits


def staged_hits(dice: Dice) -> list[Hit]:
    """The cases that must be there, whatever the dice say."""

    def visitor(*times: str, user_agent: str = "") -> list[Hit]:
        moments = [datetime.fromisoformat(f"{time}Z") for time in times]
        return views(dice, new_device(dice, user_agent), moments)

    at_timeout = visitor(
        "2026-03-18T13:00:00.000", "2026-03-18T13:30:00.000", "2026-03-18T14:00:00.001"
    )
    over_midnight = visitor("2026-03-17T22:51", "2026-03-17T22:58", "2026-03-17T23:04")
    over_switch = visitor("2026-03-29T00:50", "2026-03-29T00:58", "2026-03-29T01:05")
    bridged = visitor("2026-03-24T09:00", "2026-03-24T09:20", "2026-03-24T09:40")
    bridged[1].loaded_at = "2026-04-03T09:21:00.000Z"
    other_day = visitor("2026-04-14T21:52", "2026-04-14T22:10", "2026-04-14T22:16")
    other_day[0].loaded_at = "2026-04-16T21:53:00.000Z"
    future = visitor("2031-04-17T08:15")
    future[0].loaded_at = "2026-04-17T08:15:40.000Z"
    phone = visitor("2026-04-21T17:02", "2026-04-21T17:05", user_agent=CUBOT)
    staged = [at_timeout, over_midnight, over_switch, bridged, other_day, future, phone]
    return [hit for hits in staged for hit in hits]


def bot_hits(dice: Dice) -> list[Hit]:
    first = datetime(2026, 4, 7, tzinfo=UTC)
    crawl = [first + timedelta(minutes=10 * number) for number in range(3 * 24 * 6)]
    hits = views(dice, new_device(dice, GOOGLEBOT), crawl)
    for day in (10, 45):
        first = START + timedelta(days=day, hours=3)
        rush = [first + timedelta(seconds=2 * number) for number in range(60)]
        hits += views(dice, new_device(dice, HEADLESS), rush)
    return hits


def take(pool: list[Hit], count: int, fits: Fits = lambda hit: True) -> list[Hit]:
    """Fitting hits out of the pool, so that no other trouble befalls them."""
    taken: list[Hit] = []
    while len(taken) < count:
        hit = pool.pop()
        if fits(hit):
            taken.append(hit)
    return taken


def make_broken(pool: list[Hit]) -> None:
    def spoil(column: str, texts: list[str], fits: Fits = lambda hit: True) -> None:
        for hit, text in zip(take(pool, len(texts), fits), texts, strict=False):
            setattr(hit, column, text)

    spoil("value", BROKEN_VALUES, lambda hit: hit.hit_type == "purchase")
    spoil("user_id", PLACEHOLDER_USER_IDS, lambda hit: hit.user_id == "")
    spoil("visitor_id", BROKEN_VISITOR_IDS)
    spoil("event_at", BROKEN_TIMES)
    for hit in take(pool, OTHER_OFFSET):
        moment = datetime.fromisoformat(hit.event_at)
        hit.event_at = iso(moment.astimezone(timezone(timedelta(hours=2))))


def make_late(dice: Dice, pool: list[Hit], count: int) -> None:
    for hit in take(pool, count):
        hit.loaded_at = shifted(hit.event_at, dice.between(DAY, 3 * DAY))
    for hit in take(pool, WEEKS_LATE, lambda hit: hit.event_at < "2026-03-30"):
        hit.loaded_at = shifted(hit.event_at, dice.between(14 * DAY, 30 * DAY))


def second_deliveries(dice: Dice, pool: list[Hit], count: int) -> list[Hit]:
    """Copies, every other in a later file; some of those are not quite the same."""
    copies: list[Hit] = []
    last = iso(END - timedelta(days=8))
    for number, hit in enumerate(take(pool, count, lambda hit: hit.loaded_at < last)):
        delay = 7 * DAY if number % 2 else dice.pick([0, 15, 40])
        copy = replace(hit, loaded_at=shifted(hit.loaded_at, delay))
        if number % 10 == 1:
            copy.event_at = shifted(hit.event_at, dice.between(1, 9) / 1000)
        if number % 10 == 3:
            copy.page_title = f"{hit.page_title} (sale)"
        copies.append(copy)
    return copies


def shop_hits(dice: Dice) -> list[Hit]:
    hits = shop_visits(dice)
    pool = dice.shuffled(hits)
    make_broken(pool)
    make_late(dice, pool, round(LATE * len(hits)))
    copies = second_deliveries(dice, pool, round(TWICE * len(hits)))
    return hits + copies + staged_hits(dice) + bot_hits(dice)


def load_week(hit: Hit) -> date:
    """The Sunday that ends the week in which the hit was loaded, in Berlin."""
    moment = datetime.fromisoformat(hit.loaded_at)
    day = (moment + BERLIN.offset(moment)).date()
    return day + timedelta(days=6 - day.weekday())


# The blog


Line = tuple[datetime, str]  # when it was written, and its text


def log_time(moment: datetime) -> str:
    offset = NEW_YORK.offset(moment)
    hours_behind = -offset // timedelta(hours=1)
    return f"{moment + offset:%d/%b/%Y:%H:%M:%S} -{hours_behind:02d}00"


class Client:
    """An address and a user agent that ask the blog for something."""

    def __init__(self, dice: Dice, user_agent: str) -> None:
        self.dice, self.user_agent, self.ip = dice, user_agent, dice.ip()

    def request(
        self,
        moment: datetime,
        target: str,
        status: int = 200,
        referrer: str = "",
        method: str = "GET",
    ) -> Line:
        size = 1500 + 97 * len(target) if status == 200 else 162
        slow = self.dice.chance(0.03)  # written when answered: a little out of order
        seconds = self.dice.between(900, 4000) / 1000 if slow else 0.012
        shown_size = "-" if method == "HEAD" else size
        text = (
            f"blog.example.com {self.ip} - - [{log_time(moment)}]"
            f' "{method} {target} HTTP/1.1" {status} {shown_size}'
            f' "{referrer or "-"}" "{self.user_agent}"'
        )
        if moment >= REQUEST_TIME_SINCE:
            text += f" {seconds:.3f}"
        return moment + timedelta(seconds=seconds), text


def reading(dice: Dice, reader: Client, start: datetime) -> list[Line]:
    """One visit to the blog: pages, what they load, and now and then a comment."""
    entry = entry_on(dice, BLOG_ENTRIES, start)
    query, referrer = landing_query(dice, entry), entry.referrer
    lines: list[Line] = []
    moment = start
    for number in range(1 + min(11, int(dice.lognormal(0.9, 1)))):
        page = dice.pick(BLOG_PAGES)
        if page != "/" and dice.chance(0.06):
            lines.append(reader.request(moment, f"{page}/{query}", 301, referrer))
        if dice.chance(0.02):
            lines.append(reader.request(moment, f"{page}.html", 404, referrer))
            moment += thinking_time(dice)
        lines.append(reader.request(moment, page + query, 200, referrer))
        referrer, query = BLOG + page, ""
        assets = BLOG_ASSETS if number == 0 else [f"/images/figure-{number}.png"]
        for asset in assets:
            loaded_at = moment + timedelta(seconds=0.6)
            lines.append(reader.request(loaded_at, asset, 200, referrer))
        if dice.chance(0.03):
            moment += thinking_time(dice)
            lines.append(reader.request(moment, "/comments", 303, referrer, "POST"))
        moment += thinking_time(dice)
    return lines


def reader_lines(dice: Dice) -> list[Line]:
    lines: list[Line] = []
    for _ in range(READERS):
        reader = Client(dice, dice.weighted(USER_AGENTS))
        for start in visit_starts(dice, NEW_YORK, dice.pareto(0.5, most=40)):
            lines += reading(dice, reader, start)
    return lines


def any_moment(dice: Dice) -> datetime:
    return START + timedelta(seconds=dice.between(0, DAYS * DAY - 1))


def machine_lines(dice: Dice) -> list[Line]:
    lines: list[Line] = []
    for user_agent, count in BLOG_CRAWLERS.items():
        crawler = Client(dice, user_agent)
        for _ in range(count):
            page = dice.pick([*BLOG_PAGES, "/robots.txt"])
            lines.append(crawler.request(any_moment(dice), page))
    monitor = Client(dice, UPTIME_ROBOT)
    for number in range(DAYS * 8):
        moment = START + timedelta(hours=3 * number, seconds=dice.between(0, 5))
        lines.append(monitor.request(moment, "/", method="HEAD"))
    for _ in range(SCANS):
        scanner = Client(dice, dice.pick(SCANNERS))
        target, method = dice.pick(SCANNED), dice.pick(["GET", "POST"])
        lines.append(scanner.request(any_moment(dice), target, 404, "", method))
    return lines


def malformed_lines(dice: Dice, good: Sequence[Line]) -> list[Line]:
    lines = [(moment, text[: dice.between(20, 120)]) for moment, text in good]
    for request, status in [(TLS_BYTES, 400), ("-", 408)] * 8:
        moment = any_moment(dice)
        opening = f"blog.example.com {dice.ip()} - - [{log_time(moment)}]"
        lines.append((moment, f'{opening} "{request}" {status} 0 "-" "-"'))
    return lines


def blog_log(dice: Dice) -> list[str]:
    readers = reader_lines(dice)
    posts = [line for line in readers if "GET /posts/" in line[1]]
    twice = [dice.pick(posts) for _ in range(EQUAL_LINES)]
    cut = [dice.pick(readers) for _ in range(CUT_LINES)]
    lines = readers + twice + machine_lines(dice) + malformed_lines(dice, cut)
    lines.sort(key=lambda line: line[0])
    return [text for moment, text in lines if START <= moment + NEW_YORK.offset(moment) < END]


# The files


def write_gzip(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        path.open("wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=9, fileobj=raw, mtime=0) as packed,
    ):
        packed.write(text.encode())


def csv_of(hits: Sequence[Hit]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.name for column in fields(Hit))
    writer.writerows(astuple(hit) for hit in hits)
    return text.getvalue()


def main(folder: Path) -> None:
    # By id, so in no order of time. What is loaded later is in no file yet.
    hits = sorted(shop_hits(Dice(1)), key=lambda hit: hit.hit_id)
    for week in range(DAYS // 7):
        last_day = (START + timedelta(days=7 * week + 6)).date()
        loaded = [hit for hit in hits if load_week(hit) == last_day]
        path = folder / "hits" / f"hits_{last_day}.csv.gz"
        write_gzip(path, csv_of(loaded))
        print(f"{path}: {len(loaded)} hits")
    lines = blog_log(Dice(2))
    path = folder / "access_logs" / "blog.access.log.gz"
    write_gzip(path, "".join(f"{line}\n" for line in lines))
    print(f"{path}: {len(lines)} lines")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "data"))
