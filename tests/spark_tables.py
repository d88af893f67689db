"""Writes tables of a Spark warehouse as Parquet: python spark_tables.py WAREHOUSE FOLDER TABLE…

Run by the Python of the Spark environment; every value is written as text, times as UTC.
"""

import sys

from pyspark.sql import SparkSession


def main(warehouse: str, folder: str, *tables: str) -> None:
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.sql.warehouse.dir", warehouse)
        .config(
            "spark.hadoop.javax.jdo.option.ConnectionURL",
            f"jdbc:derby:;databaseName={warehouse}/metastore",
        )
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .enableHiveSupport()
        .getOrCreate()
    )
    for table in tables:
        frame = spark.table(f"marts.{table}")
        columns = [f"cast({column} as string) as {column}" for column in frame.columns]
        frame.selectExpr(*columns).coalesce(1).write.mode("overwrite").parquet(f"{folder}/{table}")


if __name__ == "__main__":
    main(*sys.argv[1:])
