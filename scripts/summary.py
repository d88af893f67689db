"""Prints what a run left: what was read, what came of it, and where to look next."""

import os

import duckdb

DATABASE = os.environ.get("FOOTFALL_DATABASE", "footfall.duckdb")
PUBLISHED = os.environ.get("FOOTFALL_PUBLISHED", "published/marts.duckdb")


def main() -> None:
    with duckdb.connect(DATABASE, read_only=True) as connection:
        raw, accepted, duplicates, rejected = connection.execute(
            "select sum(raw_rows), sum(accepted_hits), sum(duplicate_hits),"
            " sum(rejected_hits) from marts.hit_reconciliation"
        ).fetchone() or (0, 0, 0, 0)
        sessions, bots, first, last = connection.execute(
            "select count(*), count(case when is_bot then 1 end), min(session_date),"
            " max(session_date) from marts.sessions"
        ).fetchone() or (0, 0, None, None)
        (users,) = connection.execute("select count(*) from marts.users").fetchone() or (0,)

    print()
    print(f"  raw rows read    {raw or 0:>12,}")
    print(f"    accepted hits  {accepted or 0:>12,}")
    print(f"    duplicates     {duplicates or 0:>12,}")
    print(f"    rejected       {rejected or 0:>12,}   see marts.rejected_hits")
    print(f"  sessions         {sessions:>12,}   of which {bots:,} of bots")
    print(f"  users            {users:>12,}")
    print(f"  session dates      {first} to {last}")
    print()
    if PUBLISHED:
        print(f"  The marts are published in {PUBLISHED}. Query them next, such as")
    else:
        print(f"  The marts are in {DATABASE}, schema marts. Query them next, such as")
    print(
        f"    select period_start, users, sessions from {'' if PUBLISHED else 'marts.'}weekly_users"
        " where site_id = '(all)' and dimension = 'all' order by 1"
    )


if __name__ == "__main__":
    main()
