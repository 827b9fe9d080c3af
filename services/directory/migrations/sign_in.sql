-- Look-ups before a tenant is known. They return ids and hashes; everything else is read as the tenant.
CREATE FUNCTION find_sign_ins(of_email text) RETURNS TABLE (account_id uuid, user_id uuid, password_hash text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    AS $$ SELECT u.account_id, u.id, u.password_hash FROM users u
          WHERE u.email = of_email AND u.password_hash IS NOT NULL AND u.status = 'active' ORDER BY u.id LIMIT 20 $$;

CREATE FUNCTION find_api_key(of_hash text) RETURNS TABLE (account_id uuid, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    AS $$ SELECT k.account_id, k.id FROM api_keys k WHERE k.key_hash = of_hash $$;

CREATE FUNCTION find_refresh_token(of_hash text) RETURNS TABLE (account_id uuid, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    AS $$ SELECT t.account_id, t.id FROM refresh_tokens t WHERE t.token_hash = of_hash $$;

-- Counts an attempt before it is made, so that guesses made at once are counted too; `of_hash` is of the user who is tried.
-- Seconds to wait before the next one; 0: go on. It also forgets a few that are past.
CREATE FUNCTION count_sign_in(of_hash text, most integer, within interval) RETURNS double precision
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
    AS $$
    DELETE FROM sign_in_attempts WHERE key_hash = ANY (ARRAY(
        SELECT a.key_hash FROM sign_in_attempts a WHERE a.first_at < clock_timestamp() - within AND a.key_hash <> of_hash
        ORDER BY a.first_at LIMIT 10 FOR UPDATE SKIP LOCKED));
    INSERT INTO sign_in_attempts AS a (key_hash, attempts) VALUES (of_hash, 1)
    ON CONFLICT (key_hash) DO UPDATE SET
        attempts = CASE WHEN a.first_at < clock_timestamp() - within THEN 1 ELSE a.attempts + 1 END,
        first_at = CASE WHEN a.first_at < clock_timestamp() - within THEN clock_timestamp() ELSE a.first_at END
    RETURNING CASE WHEN attempts > most
                   THEN greatest(1, extract(epoch FROM first_at + within - clock_timestamp())) ELSE 0 END
    $$;

CREATE FUNCTION forget_sign_ins(of_hash text) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public
    AS $$ DELETE FROM sign_in_attempts WHERE key_hash = of_hash $$;

CREATE POLICY definer ON users FOR SELECT TO directory_owner USING (true);
CREATE POLICY definer ON api_keys FOR SELECT TO directory_owner USING (true);
CREATE POLICY definer ON refresh_tokens FOR SELECT TO directory_owner USING (true);
ALTER TABLE sign_in_attempts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY definer ON sign_in_attempts TO directory_owner USING (true) WITH CHECK (true);

REVOKE ALL ON FUNCTION find_sign_ins(text), find_api_key(text), find_refresh_token(text),
    count_sign_in(text, integer, interval), forget_sign_ins(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_sign_ins(text), find_api_key(text), find_refresh_token(text),
    count_sign_in(text, integer, interval), forget_sign_ins(text) TO directory_app;
