"""Generate plain hits for the benchmarks: one Parquet file per load day.

Every value is a hash of the seed and of the hit's place (day, session, hit), so a
day's file can be made alone, in bounded memory, and is the same each time (with
the same DuckDB: its hash may change between versions).

What the hits are like: about 334,000 a day, 6 a session; most visitors come on one
or two days, some on many; 8% of sessions are signed in, some users on two devices
and some days after their first visit; 10 bots in bursts, 2 bots that never pause;
1% of hits are delivered twice, half of these on a later day and a tenth with a
time some milliseconds off; 2% arrive one to three days late.
"""

import argparse
import datetime
import sys
import time
from pathlib import Path

import duckdb

HITS_PER_DAY = 334_000
# A tenth of that, for histories of many days.
HITS_PER_SMALL_DAY = 33_000
FIRST_DAY = datetime.date(2026, 1, 1)
# A hit of day d arrives by day d + 7: a session goes past midnight, a hit is up to
# three days late, and its second delivery comes up to three days after that.
LONGEST_DELAY = 7

SQL = """
-- DuckDB combines the hashes of several values by exclusive or: hash once more.
create or replace macro h(a, b) as hash(hash({seed}, a, b));
create or replace macro u(key) as (key >> 11) / 9007199254740992.0;
create or replace macro pick(list, key) as list[1 + (key % len(list))::int];
create or replace macro page_of(session_key, number) as
    floor(2000 * pow(u(h(session_key, 700 + number)), 2.5))::int;
create or replace macro page_url_of(page) as
    'https://www.example.com/' || ['shop', 'blog', 'help', 'products'][1 + page % 4]
    || '/page-' || page;

create or replace macro user_agent_of(number) as (
    case number % 8
        when 0 then 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{{}}.0.0.0 Safari/537.36'
        when 1 then 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{{}}.1 Mobile/15E148 Safari/604.1'
        when 2 then 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{{}}.0.0.0 Mobile Safari/537.36'
        when 3 then 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{{}}.2 Safari/605.1.15'
        when 4 then 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{{}}.0) Gecko/20100101 Firefox/{{}}.0'
        when 5 then 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{{}}.0.0.0 Safari/537.36 Edg/{{}}.0.0.0'
        when 6 then 'Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{{}}.4 Mobile/15E148 Safari/604.1'
        else 'Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/{{}}.0 Chrome/115.0.0.0 Mobile Safari/537.36'
    end
).replace('{{}}', (40 + number // 8)::varchar);

create or replace temp table referrers as
select number::utinyint as referrer, url
from (
    select unnest([
        'https://www.google.com/', 'https://www.google.com/', 'https://www.google.com/',
        'https://www.google.com/', 'https://www.google.de/', 'https://www.bing.com/',
        'https://duckduckgo.com/', 'https://l.facebook.com/', 'https://www.youtube.com/',
        'https://www.reddit.com/r/webdev/', 'https://t.co/', 'https://chatgpt.com/',
        'https://www.linkedin.com/feed/', 'https://checkout.paypal.com/'
    ]) as url, generate_subscripts(range(14), 1) - 1 as number
    union all
    select 'https://www.partner-' || range || '.org/links/' || range * 7, range
    from range(14, 200)
);

create or replace macro session_starts(first_day, last_day) as table (
    -- People.
    select
        day::int as day,
        number::int as number,
        h(day, number) as session_key,
        case
            when draw < 0.50 then h(day, 1000000 + number * 6 // 7)
            when draw < 0.80 then h(2000000 + day // 4, floor(u(h(day, 3000000 + number)) * 60000)::bigint)
            else h(4000000, floor(pow(u(h(day, 5000000 + number)), 1.7) * 60000)::bigint)
        end as visitor_key,
        case when draw >= 0.80
            then floor(pow(u(h(day, 5000000 + number)), 1.7) * 60000)::int
        end as loyal_number,
        0 as bot,
        case when u(h(session_key, 1)) < 0.35 then 1
            else least(400, 2 + floor(-ln(u(h(session_key, 2)) + 1e-12) * 7))::int
        end as hits,
        -- Busier by day than by night.
        day * 86400000000 + (
            (u(h(session_key, 3)) + u(h(session_key, 4))) / 2 * 86400000000 + 10800000000
        )::bigint % 86400000000 as started_us,
        -- Seconds between hits: half a minute, more or less.
        (30000000 * exp(1.2 * (u(h(session_key, 5)) + u(h(session_key, 6)) - 1)))::bigint
            as pace_us
    from range(first_day, last_day + 1) as days(day), range({people_sessions}) as numbers(number),
        lateral (select u(h(h(day, number), 7)) as draw)

    union all

    -- Ten bots with 20 bursts a day, two bots that never pause.
    select
        day::int, (10000000 + bot * 100 + burst)::int, h(day, 10000000 + bot * 100 + burst),
        h(6000000, bot), null, bot::int,
        case when bot > 10 then 1440 else 45 end,
        case when bot > 10 then day * 86400000000
            else day * 86400000000 + burst * 4320000000 + h(day, bot * 100 + burst)::hugeint % 2000000000
        end::bigint,
        case when bot > 10 then 60000000 else 1500000 end
    from range(first_day, last_day + 1) as days(day), (values {bots}) as bots(bot), range(20) as bursts(burst)
    where bot <= 10 or burst = 0
);

-- What a hit of one of the days is, before its texts.
create or replace macro hits_of(first_day, last_day) as table (
    select
        *,
        h(session_key, 100 + hit) as hit_key,
        started_us + hit * pace_us + (u(h(session_key, 20000 + hit)) * pace_us)::bigint
        -- One session in twenty pauses for 15 to 45 minutes.
        + case when bot = 0 and session_key % 20 = 0 and hit >= 3
            then 900000000 + (u(h(session_key, 8)) * 1800000000)::bigint else 0
        end as event_us,
        case when bot = 0 and hit_key % 50 = 0
            then 86400000000 * (1 + (hit_key >> 8) % 3)::bigint else 0
        end + 500000 + (u(h(hit_key, 1)) * 5000000)::bigint as delay_us,
        (hit_key >> 16) % 100 = 0 as is_repeated
    from (
        select *, unnest(range(hits))::int as hit from session_starts(first_day, last_day)
    )
);

-- One row per delivery on a load day.
create or replace macro deliveries_on(load_day) as table (
    select *, event_us + delay_us as loaded_us, 0 as shift_us
    from hits_of(greatest(0, load_day - {longest_delay}), load_day)
    where (day >= load_day - 1 or delay_us > 86400000000)
        and (event_us + delay_us) // 86400000000 = load_day
    union all by name
    select
        * exclude (repeat_us),
        event_us + delay_us + repeat_us as loaded_us,
        case when hit_key % 10 = 3 then 3000 else 0 end as shift_us
    from (
        select *, case when (hit_key >> 24) % 2 = 0
            then 1000000 + (u(h(hit_key, 2)) * 600000000)::bigint
            else 86400000000 * (1 + (hit_key >> 32) % 3)::bigint
        end as repeat_us
        from hits_of(greatest(0, load_day - {longest_delay}), load_day)
        where is_repeated
    )
    where (event_us + delay_us + repeat_us) // 86400000000 = load_day
);

create or replace macro visitor_number(loyal_number) as
    case when loyal_number % 3 = 0 then loyal_number // 2 else loyal_number end;

create or replace macro file_of(load_day) as table (
    select
        md5(concat_ws('-', {seed}, day, number, hit))::uuid::varchar as hit_id,
        md5(concat_ws('-', {seed}, visitor_key))::uuid::varchar as visitor_id,
        -- Six loyal visitors in ten have an account, a third of them on two devices;
        -- they sign in at the latest after 10 days, and not in every session.
        case
            when h(visitor_number(loyal_number), 9) % 10 < 6
                and day + 5 >= h(visitor_number(loyal_number), 10) % 15
                and session_key % 5 > 0 and hit >= session_key % 3
                then 'user-' || visitor_number(loyal_number)
            when loyal_number is null and bot = 0 and u(h(visitor_key, 11)) < 0.02
                then 'user-' || floor(u(h(visitor_key, 12)) * 60000)::int
        end as user_id,
        case when bot > 0 then 'shop' else ['shop', 'shop', 'shop', 'blog', 'docs'][
            1 + ((case when session_key % 10 = 0 then session_key else visitor_key end >> 20) % 5)::int
        ] end as site_id,
        make_timestamp({origin_us} + event_us + shift_us) as event_at,
        make_timestamp({origin_us} + loaded_us) as loaded_at,
        case
            when u(h(hit_key, 3)) < 0.73 or hit = 0 and u(h(hit_key, 3)) < 0.97 then 'page_view'
            else ['click', 'click', 'click', 'click', 'click', 'scroll', 'scroll', 'scroll',
                'search', 'form_submission', 'purchase'][1 + (h(hit_key, 4) % 11)::int]
        end as hit_type,
        page_url_of(page_of(session_key, hit)) as page_url,
        'Page ' || page_of(session_key, hit) || ' of the example' as page_title,
        case
            when hit > 0 and bot = 0 then page_url_of(page_of(session_key, hit - 1))
            when hit = 0 and bot = 0 then url
        end as referrer_url,
        case
            when bot = 12 then 'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)'
            when bot between 1 and 5 then 'Mozilla/5.0 (compatible; Googlebot/2.' || bot || '; +http://www.google.com/bot.html)'
            else user_agent_of(floor(800 * pow(u(h(visitor_key, 13)), 2.5))::int)
        end as user_agent,
        pick(['US', 'US', 'US', 'DE', 'DE', 'GB', 'FR', 'IN', 'JP', 'BR', 'CA', 'IT', 'ES', 'NL',
            'PL', 'SE', 'AT', 'CH', 'AU', 'MX', 'ID', 'TR', 'KR', 'NG', 'ZA', 'AR', 'DK', 'NO', 'FI',
            'PT', 'IE', 'BE', 'CZ', 'GR', 'NZ', 'PH', 'VN', 'CL', 'CO', 'EG'], h(visitor_key, 14)) as country_code,
        pick(['en-US', 'en-US', 'en-GB', 'de-DE', 'fr-FR', 'es-ES', 'pt-BR', 'ja-JP', 'it-IT', 'nl-NL',
            'pl-PL', 'ko-KR'], h(visitor_key, 15)) as language,
        case when campaign is not null
            then ['newsletter', 'google', 'facebook', 'partner'][1 + campaign % 4] end as utm_source,
        case when campaign is not null
            then ['email', 'cpc', 'paid-social', 'affiliate'][1 + campaign % 4] end as utm_medium,
        'campaign-' || campaign as utm_campaign,
        case when hit_type = 'purchase'
            then (5 + floor(u(h(hit_key, 5)) * 20000) / 100)::decimal(10, 2) end as value,
        case when hit_type = 'purchase' then 'EUR' end as currency
    from (
        select
            *,
            case when hit = 0 and bot = 0 and u(h(session_key, 16)) < 0.12
                then (h(session_key, 17) % 30)::int end as campaign,
            -- 60% of sessions come by a referrer, most of them by the first few.
            case when hit = 0 and bot = 0 and u(h(session_key, 18)) < 0.60
                then floor(200 * pow(u(h(session_key, 19)), 4))::utinyint end as referrer_number
        from deliveries_on(load_day)
    )
    left join referrers on referrer_number = referrers.referrer
    order by loaded_at, hit_id
);
"""


def file_of_day(folder: Path, day: int) -> Path:
    """The file with the hits that arrive on a day, counted from 0."""
    return folder / f"hits_{FIRST_DAY + datetime.timedelta(days=day)}.parquet"


def prepare(seed: int, small: bool, connection: duckdb.DuckDBPyConnection) -> None:
    """Define the macros that a day's file is made with."""
    connection.execute("set TimeZone = 'UTC'")
    origin = datetime.datetime.combine(FIRST_DAY, datetime.time(), datetime.UTC)
    connection.execute(
        SQL.format(
            seed=seed,
            people_sessions=5_120 if small else 54_300,
            bots=", ".join(f"({bot})" for bot in ([1, 11] if small else range(1, 13))),
            longest_delay=LONGEST_DELAY,
            origin_us=int(origin.timestamp()) * 1_000_000,
        )
    )


def write_day(connection: duckdb.DuckDBPyConnection, path: Path, day: int) -> int:
    """Write a day's file and return its number of rows."""
    partial = path.with_suffix(".partial")
    rows = connection.execute(
        f"copy (from file_of({day})) to '{partial}'"
        " (format parquet, compression zstd, row_group_size 122880)"
    ).fetchone()
    partial.rename(path)
    return rows[0] if rows else 0


def generate(
    folder: Path, days: int, seed: int = 1, first: int = 0, small: bool = False
) -> list[Path]:
    """Write the files of `days` days, but those that are there, and return all."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [file_of_day(folder, day) for day in range(first, first + days)]
    started, written = time.monotonic(), 0
    connection = duckdb.connect()
    prepare(seed, small, connection)
    for number, path in enumerate(paths):
        if path.exists():
            continue
        written += write_day(connection, path, first + number)
        seconds = time.monotonic() - started
        print(
            f"\r{path.name}  {number + 1} of {days} days  {written:,} hits  {seconds:.0f} s",
            end="",
            file=sys.stderr,
            flush=True,
        )
    if written:
        print(file=sys.stderr)
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--hits", type=float, default=1e6, help="about how many (1e6)")
    parser.add_argument("--days", type=int, help="how many days instead")
    parser.add_argument("--small", action="store_true", help="days of a tenth of the hits")
    parser.add_argument("--first", type=int, default=0, help="day to start with (0)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path(__file__).parent / "data" / "days")
    options = parser.parse_args()
    days = options.days or max(1, round(options.hits / HITS_PER_DAY))
    generate(options.folder, days, options.seed, options.first, options.small)


if __name__ == "__main__":
    main()
