"""Rows of many images, written straight into a database that no daemon has open: a million in the time that the API
would need for some thousands. Both databases get the same images.

A member of the project lab sees all of them: three of ten are its own, the others are public and of seven other
projects. The data of each lie at a location outside, so that they count in no ledger of bytes.
"""

import sqlite3

# SQL over the image's number `n`.
ID = "printf('%08x-1111-4000-8000-000000000000', n)"
NAME = "'image ' || (n % 250)"
OWNER = "CASE WHEN n % 10 < 3 THEN 'lab' ELSE 'project-' || (n % 10) END"
VISIBILITY = "CASE WHEN n % 10 < 3 THEN 'shared' ELSE 'public' END"
CHECKSUM = "printf('%032x', n)"
HASH = "printf('%0128x', n)"
TAG = "'tag-' || (n % 100)"
URL = "'http://mirror.lab/' || n"
PROPERTIES = "(SELECT 'architecture' AS name, 'arch-' AS stem UNION ALL SELECT 'os', 'os-')"
VALUE = "stem || (n % 100)"
SECONDS = "(1700000000 + n)"

# One of each filter, and what it is to find of 10,000 images.
FILTERS = {"name": "name=image%207", "owner": "owner=project-7", "tag": "tag=tag-7", "property": "os=os-7"}


def image_id(number):
    return f"{number:08x}-1111-4000-8000-000000000000"


def numbers(count):
    return f"WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < {count})"


def into_glimpse(path, count):
    """Images, what belongs to them, and the ledger that counts them."""
    images = f"""
        INSERT INTO images (id, name, status, visibility, owner, protected, os_hidden, disk_format, container_format,
            size, virtual_size, checksum, os_hash_algo, os_hash_value, min_disk, min_ram, created_at, updated_at)
        {numbers(count)}
        SELECT {ID}, {NAME}, 'active', {VISIBILITY}, {OWNER}, 0, 0, 'qcow2', 'bare', 1 << 30, 10 << 30, {CHECKSUM},
            'sha512', {HASH}, 0, 0, {SECONDS} * 1000000, {SECONDS} * 1000000 FROM numbers"""
    rest = [
        f"INSERT INTO image_properties (image_id, name, value) {numbers(count)}"
        f" SELECT {ID}, name, {VALUE} FROM numbers, {PROPERTIES}",
        f"INSERT INTO image_tags (image_id, value) {numbers(count)} SELECT {ID}, {TAG} FROM numbers",
        f"INSERT INTO image_locations (image_id, url) {numbers(count)} SELECT {ID}, {URL} FROM numbers",
        """
        INSERT INTO usage (owner, images) SELECT owner, count(*) FROM images WHERE deleted_at IS NULL GROUP BY owner
        ON CONFLICT (owner) DO UPDATE SET images = excluded.images
        """,
    ]
    fill(path, [images, *rest])


def into_glance(path, count):
    moment = f"datetime({SECONDS}, 'unixepoch')"
    fill(path, [
        f"""
        INSERT INTO images (id, name, status, visibility, owner, protected, os_hidden, disk_format, container_format,
            size, virtual_size, checksum, os_hash_algo, os_hash_value, min_disk, min_ram, created_at, updated_at,
            deleted)
        {numbers(count)}
        SELECT {ID}, {NAME}, 'active', {VISIBILITY}, {OWNER}, 0, 0, 'qcow2', 'bare', 1 << 30, 10 << 30, {CHECKSUM},
            'sha512', {HASH}, 0, 0, {moment}, {moment}, 0 FROM numbers""",
        f"""
        INSERT INTO image_properties (image_id, name, value, created_at, updated_at, deleted) {numbers(count)}
        SELECT {ID}, name, {VALUE}, {moment}, {moment}, 0 FROM numbers, {PROPERTIES}""",
        f"""
        INSERT INTO image_tags (image_id, value, created_at, updated_at, deleted) {numbers(count)}
        SELECT {ID}, {TAG}, {moment}, {moment}, 0 FROM numbers""",
        f"""
        INSERT INTO image_locations (image_id, value, created_at, updated_at, deleted, meta_data, status)
        {numbers(count)}
        SELECT {ID}, {URL}, {moment}, {moment}, 0, '{{}}', 'active' FROM numbers""",
    ])


def fill(path, statements):
    """Carries the insertions out without indexes and makes those anew: sorting once is quicker than finding the place
    of each row in every one of them. Nothing is lost if a crash spoils the file."""
    database = sqlite3.connect(path, isolation_level=None)
    for pragma in (
        "journal_mode = DELETE", "synchronous = OFF", "locking_mode = EXCLUSIVE", "ignore_check_constraints = ON",
        "cache_size = -500000", "temp_store = MEMORY", "threads = 2",
    ):
        database.execute(f"PRAGMA {pragma}")
    database.execute("PRAGMA journal_mode = OFF")
    indexes = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    database.execute("BEGIN")
    for name, _ in indexes:
        database.execute(f"DROP INDEX {name}")
    for statement in statements:
        database.execute(statement)
    for _, sql in indexes:
        database.execute(sql)
    database.execute("COMMIT")
    database.close()
