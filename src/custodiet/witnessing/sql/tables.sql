-- Makes the tables of a witness: logs and their keys, the newest checkpoint cosigned of each, the latest time, refusals.
CREATE TABLE known_log (
    origin TEXT NOT NULL,
    vkey TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (origin, vkey)
);
CREATE TABLE cosigned (
    origin TEXT NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    note BLOB NOT NULL,
    time INTEGER NOT NULL
);
CREATE TABLE refused (
    origin TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    body BLOB NOT NULL
);
