-- What every service's database stands on, the same in each. {service} is the service's name.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

GRANT USAGE ON SCHEMA public TO {service}_app, {service}_worker;

CREATE FUNCTION app_account_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(current_setting('app.account_id', true), '')::uuid $$;

-- Development only: provisioning makes the row where FT_DEV_CLOCK=on, and only the owner writes it.
CREATE TABLE clock_offset (single boolean PRIMARY KEY DEFAULT true CHECK (single), shift interval NOT NULL);
GRANT SELECT ON clock_offset TO {service}_app, {service}_worker;

CREATE FUNCTION app_clock() RETURNS timestamptz LANGUAGE sql STABLE
    AS $$ SELECT clock_timestamp() + coalesce((SELECT shift FROM clock_offset), interval '0') $$;

CREATE FUNCTION touch_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := app_clock();
    NEW.row_version := OLD.row_version + 1;
    RETURN NEW;
END $$;

CREATE TABLE outbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL DEFAULT uuidv7(),
    account_id uuid NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    occurred_at timestamptz NOT NULL DEFAULT app_clock(),
    traceparent text,
    published_at timestamptz,
    refused_at timestamptz,
    payload text NOT NULL CHECK (octet_length(payload) <= 900000)
);
CREATE FUNCTION wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('outbox', '');
    RETURN NULL;
END $$;
CREATE TRIGGER wake_relay AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION wake_relay();
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON outbox FOR INSERT TO {service}_app
    WITH CHECK (account_id = nullif(current_setting('app.account_id', true), '')::uuid);
CREATE POLICY relay ON outbox TO {service}_worker USING (true) WITH CHECK (true);
GRANT INSERT ON outbox TO {service}_app;
GRANT SELECT, INSERT, UPDATE (published_at, refused_at), DELETE ON outbox TO {service}_worker;

CREATE TABLE leases (name text PRIMARY KEY, holder uuid NOT NULL, epoch bigint NOT NULL DEFAULT 1, until timestamptz NOT NULL);
GRANT SELECT, INSERT, UPDATE ON leases TO {service}_worker;

CREATE TABLE inbox (
    event_id uuid NOT NULL,
    consumer text NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (event_id, consumer)
);
CREATE INDEX ix_inbox_handled_at ON inbox (handled_at);
GRANT SELECT, INSERT ON inbox TO {service}_app;
GRANT SELECT, DELETE ON inbox TO {service}_worker;

CREATE TABLE dead_letters (
    account_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT uuidv7(),
    seq bigint GENERATED ALWAYS AS IDENTITY,
    consumer text NOT NULL,
    event_id uuid NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    type text NOT NULL,
    envelope jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('failing', 'dead', 'parked', 'replayed')),
    attempts integer NOT NULL DEFAULT 0,
    error text,
    replay_requested_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT app_clock(),
    updated_at timestamptz NOT NULL DEFAULT app_clock(),
    PRIMARY KEY (account_id, id),
    UNIQUE (account_id, event_id, consumer)
);
CREATE INDEX ix_dead_letters_open ON dead_letters (account_id, topic, key, seq) WHERE state IN ('dead', 'parked');
CREATE INDEX ix_dead_letters_account_id_state ON dead_letters (account_id, state, id);
ALTER TABLE dead_letters ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON dead_letters TO {service}_app
    USING (account_id = nullif(current_setting('app.account_id', true), '')::uuid);
CREATE POLICY replay ON dead_letters FOR SELECT TO {service}_worker USING (true);
CREATE POLICY retention ON dead_letters FOR DELETE TO {service}_worker
    USING (state IN ('failing', 'replayed') AND updated_at < app_clock() - interval '14 days');
CREATE POLICY definer ON dead_letters FOR SELECT TO {service}_owner USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON dead_letters TO {service}_app;
GRANT SELECT, DELETE ON dead_letters TO {service}_worker;

-- Is this key of this account parked? Asked while another tenant is set, answered with yes or no.
CREATE FUNCTION key_is_parked(of_account uuid, of_topic text, of_key text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public
    AS $$ SELECT EXISTS (SELECT FROM dead_letters
                         WHERE account_id = of_account AND topic = of_topic AND key = of_key AND state IN ('dead', 'parked')) $$;

-- Claims the events that were never handled, in one statement; tells which of them wait behind a dead letter.
CREATE FUNCTION claim_events(by_consumer text, ids uuid[], accounts uuid[], topics text[], keys text[])
    RETURNS TABLE (event_id uuid, parked boolean) LANGUAGE sql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, public
    AS $$
    WITH claimed AS (
        INSERT INTO inbox (event_id, consumer) SELECT unnest(ids), by_consumer ON CONFLICT DO NOTHING RETURNING event_id
    )
    SELECT claimed.event_id, key_is_parked(given.account_id, given.topic, given.key)
    FROM claimed JOIN unnest(ids, accounts, topics, keys) AS given (id, account_id, topic, key) ON given.id = claimed.event_id $$;

CREATE TABLE idempotency_keys (
    account_id uuid NOT NULL,
    caller text NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    key text NOT NULL,
    body_hash text NOT NULL,
    status integer,
    headers jsonb,
    body text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (account_id, caller, method, path, key)
);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON idempotency_keys TO {service}_app
    USING (account_id = nullif(current_setting('app.account_id', true), '')::uuid);
CREATE POLICY retention ON idempotency_keys TO {service}_worker USING (true);
GRANT SELECT, INSERT, UPDATE ON idempotency_keys TO {service}_app;
GRANT SELECT, DELETE ON idempotency_keys TO {service}_worker;
