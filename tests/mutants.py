"""Plants bugs and shows that the property test finds them: `python tests/mutants.py`.

Each bug is one that packages of this kind are known for. It goes into the project that
runs incrementally; the full refresh that it is compared with has none. A bug that no
seed finds makes the exit code 1.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from footfall import Project
from promise import check_seed

SEEN = "where batch_id > {{ batch_seen('int_session_days') }}"

# Name: file below models/, what stands there, and the bug.
BUGS = {
    "an event-time watermark": (
        "intermediate/int_hits_to_cut.sql",
        f"from {{{{ ref('int_hits') }}}}\n    {SEEN}",
        f"from {{{{ ref('int_hits') }}}}\n    {SEEN}"
        " and event_at > (select coalesce(max(ended_at), '0001-01-01')"
        " - interval 3 hour from {{ stored('int_session_days') }})",
    ),
    ">= for >": (
        "intermediate/int_new_sessions.sql",
        "coalesce(started_at > {{",
        "coalesce(started_at >= {{",
    ),
    "whole-second gaps": (
        "intermediate/int_new_sessions.sql",
        "coalesce(started_at > {{",
        "coalesce(date_trunc('second', started_at) > {{",
    ),
    "only new hits without their neighbours": (
        "intermediate/int_met_session_days.sql",
        "broken_sessions.session_id is null",
        "false",
    ),
    "orphaned session ids left behind": (
        "intermediate/int_session_days.sql",
        "where days.session_id is null",
        "where false",
    ),
    "a date that lost its only session left behind": (
        "marts/core/daily_sessions.sql",
        "gone_when='sessions = 0'",
        "gone_when='false'",
    ),
    "what sessions were before is not taken off": (
        "marts/core/daily_sessions.sql",
        "-1 as change",
        "0 as change",
    ),
    "a neighbour of a changed session of the tool not compared again": (
        "intermediate/int_sessions_to_compare.sql",
        "from dates_to_compare\n    inner join",
        "from (select * from dates_to_compare where false) as dates_to_compare\n    inner join",
    ),
    "a session of the tool that lost a hit not put together again": (
        "intermediate/int_broken_source_sessions.sql",
        "from {{ stored('int_source_sessions') }} as stored",
        "from (select * from {{ stored('int_source_sessions') }} where false) as stored",
    ),
    "a stitched user not updated": (
        "intermediate/int_touched_sessions.sql",
        "on session_days.visitor_id = changed_visitors.visitor_id",
        "on session_days.visitor_id = changed_visitors.visitor_id and false",
    ),
    "other sessions of a visitor who turns out to be a bot not touched": (
        "intermediate/int_touched_sessions.sql",
        "from {{ ref('int_bot_days') }}\n    where batch_id",
        "from {{ ref('int_bot_days') }}\n    where false and batch_id",
    ),
    "a visitor judged by the new sessions of a date alone": (
        "intermediate/int_visitor_day_figures.sql",
        "and touched_days.active_date = session_days.active_date\n    group by",
        "and touched_days.active_date = session_days.active_date\n"
        "    where session_days.batch_id > {{ batch_seen('int_bot_days') }}\n    group by",
    ),
    "duplicates across batches counted": (
        "intermediate/int_repeated_deliveries.sql",
        "deliveries.batch_id <= {{ batch_seen() }}",
        "false",
    ),
    "the copy that was read first wins": (
        "intermediate/int_repeated_deliveries.sql",
        "order by arrived_at, content, delivery_id\n        ) as copy_number",
        "order by delivery_id\n        ) as copy_number",
    ),
    "ties in any order": (
        "intermediate/int_session_marks.sql",
        "min(marked_hits.hit_id) as first_hit_id",
        "first(marked_hits.hit_id) as first_hit_id",
    ),
    "users near a change not renewed": (
        "intermediate/int_user_days.sql",
        "{{ add_days('touched_until', 31) }}",
        "touched_until",
    ),
    "a moved first date not noticed": (
        "intermediate/int_user_days.sql",
        "first_date >= touched_from\n        or",
        "",
    ),
    "a date on which a person is active no more left behind": (
        "intermediate/int_user_days.sql",
        "where days.person_id is null",
        "where false",
    ),
    "a changed seed not noticed": (
        "../macros/incremental/rules.sql",
        "execute and is_stateful(model) and rules_changed(model.unique_id)",
        "false",
    ),
}


def finds(file: str, before: str, after: str, seeds: range) -> int | None:
    """The first seed whose comparison fails with the bug planted."""

    def plant(project: Path) -> None:
        path = project / "models" / file
        text = path.read_text()
        assert before in text, f"{file} is not as this list expects: {before}"
        path.write_text(text.replace(before, after))

    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            if check_seed(seed, Path(folder) / "run", edit=plant):
                return seed
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10, help="how many to try at most")
    options = parser.parse_args()
    Project.parsed = Path(tempfile.mkdtemp()) / "partial_parse.msgpack"
    survivors = 0
    for name, (file, before, after) in BUGS.items():
        seed = finds(file, before, after, range(1, options.seeds + 1))
        survivors += seed is None
        print(f"{name}: {'NOT FOUND' if seed is None else f'found by seed {seed}'}", flush=True)
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
