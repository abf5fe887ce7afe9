/*
 * Text is compared byte by byte (`COLLATE "C"`), so that neither names nor their order depend on the languages that the
 * machine of the database knows. Times are microseconds since 1970-01-01 UTC.
 */

/** What {@link migrate} makes of an empty schema. See the tables of SQLite for what the columns mean. */
export const CREDENTIALS_TABLES = `
  CREATE TABLE accounts (
    name text COLLATE "C" PRIMARY KEY,
    salt bytea NOT NULL,
    iterations integer NOT NULL,
    stored_key bytea NOT NULL,
    server_key bytea NOT NULL,
    home text COLLATE "C" NOT NULL,
    permissions text NOT NULL,
    quota_bytes bigint,
    quota_files bigint,
    rate bigint,
    doors text,
    enabled boolean NOT NULL,
    clear_ftp boolean NOT NULL,
    created bigint NOT NULL,
    generation bytea NOT NULL DEFAULT uuid_send(gen_random_uuid())
  );
  CREATE FUNCTION account_changes() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    NEW.generation := uuid_send(gen_random_uuid());
    RETURN NEW;
  END $$;
  CREATE TRIGGER account_changes BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION account_changes();

  CREATE TABLE login_secret (secret bytea NOT NULL);
  INSERT INTO login_secret VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));

  CREATE TABLE public_keys (
    account text COLLATE "C" NOT NULL REFERENCES accounts ON DELETE CASCADE,
    fingerprint text COLLATE "C" NOT NULL,
    type text NOT NULL,
    blob bytea NOT NULL,
    comment text NOT NULL,
    created bigint NOT NULL,
    PRIMARY KEY (account, fingerprint)
  );

  CREATE TABLE tokens (
    hash bytea PRIMARY KEY,
    account text COLLATE "C" NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name text COLLATE "C" NOT NULL,
    permissions text,
    created bigint NOT NULL,
    expires bigint,
    used bigint,
    UNIQUE (account, name)
  );

  CREATE TABLE links (
    id text COLLATE "C" PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    account text COLLATE "C" NOT NULL REFERENCES accounts ON DELETE CASCADE,
    path text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    created bigint NOT NULL,
    expires bigint,
    most_uses bigint,
    uses bigint NOT NULL DEFAULT 0,
    used bigint,
    salt bytea,
    iterations integer,
    stored_key bytea,
    server_key bytea
  );
  CREATE INDEX links_account ON links (account, created, id);
  CREATE TABLE visits (
    hash bytea PRIMARY KEY,
    link text COLLATE "C" NOT NULL REFERENCES links ON DELETE CASCADE,
    began bigint NOT NULL,
    counted boolean NOT NULL
  );
  CREATE INDEX visits_link ON visits (link, began);
  CREATE INDEX visits_began ON visits (began);

  CREATE TABLE sessions (
    hash bytea PRIMARY KEY,
    account text COLLATE "C" NOT NULL REFERENCES accounts ON DELETE CASCADE,
    address text NOT NULL,
    created bigint NOT NULL,
    used bigint NOT NULL
  );
  CREATE INDEX sessions_account ON sessions (account, used);
  CREATE FUNCTION end_sessions() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM sessions WHERE account = NEW.name;
    RETURN NULL;
  END $$;
  CREATE TRIGGER password_changes AFTER UPDATE ON accounts FOR EACH ROW
    WHEN (NEW.salt IS DISTINCT FROM OLD.salt) EXECUTE FUNCTION end_sessions();
`

export const AUDIT_TABLE = `
  CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    time bigint NOT NULL,      -- milliseconds since 1970
    account text COLLATE "C" NOT NULL,
    address text NOT NULL,
    door text,
    credential text,
    action text NOT NULL,
    path text COLLATE "C",
    target text COLLATE "C",
    size bigint,
    md5 text,
    detail text,
    outcome text NOT NULL,
    times bigint NOT NULL DEFAULT 1
  );
  CREATE INDEX audit_time ON audit (time);
`
