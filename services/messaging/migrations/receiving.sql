-- What the way of a text in is made of, with its one look-up before a tenant is known.

CREATE POLICY definer ON sender_numbers FOR SELECT TO messaging_owner USING (true);

-- Whose number is it? The only question that is asked before a tenant is known; answered with an id. A number that sends no
-- more is still theirs: people go on texting it, STOP above all.
CREATE FUNCTION account_of_number(our_number text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path = pg_catalog, public
    AS $$ SELECT account_id FROM sender_numbers WHERE number = our_number $$;

-- A number receives for one account, so no second account may have it.
CREATE FUNCTION keep_number_single() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('sender_numbers ' || NEW.number, 0));
    IF EXISTS (SELECT FROM sender_numbers WHERE number = NEW.number AND account_id <> NEW.account_id) THEN
        RAISE unique_violation USING MESSAGE = 'this number belongs to another account';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_number_single BEFORE INSERT OR UPDATE OF number ON sender_numbers
    FOR EACH ROW EXECUTE FUNCTION keep_number_single();

-- What stands in force for an address: {everything, bulk} as far as they are active.
CREATE FUNCTION active_scopes(of_channel text, of_address text) RETURNS text[] LANGUAGE sql STABLE
    AS $$
    SELECT coalesce(array_agg(scope) FILTER (WHERE active), '{}')
    FROM (SELECT DISTINCT ON (scope) scope, active FROM suppressions
          WHERE account_id = app_account_id() AND channel = of_channel AND address = of_address
          ORDER BY scope, seq DESC) AS newest $$;

CREATE FUNCTION open_questions_of(conversation uuid) RETURNS jsonb LANGUAGE sql STABLE
    AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'ref', ref, 'origin', origin, 'options', options,
                                                 'asked_at', asked_at, 'message_id', message_id) ORDER BY asked_at), '[]')
    FROM (SELECT * FROM open_questions
          WHERE account_id = app_account_id() AND conversation_id = conversation AND closed_at IS NULL
          AND expires_at > app_clock() ORDER BY asked_at DESC LIMIT 20) AS newest $$;

-- Stores a text with its conversation and its outbox row, all in one round trip; sets the tenant of the transaction.
-- `outcome`: stored, duplicate or unknown_number. `announce` false: the caller emits `payload` itself, in the same transaction.
CREATE FUNCTION receive_message(
    to_address text, from_address text, said text, sid text, files jsonb, sent_on timestamptz, announce boolean, parent text
) RETURNS TABLE (outcome text, of_account uuid, payload jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    account uuid := account_of_number(to_address);
    business_time timestamptz := app_clock();
    arrived timestamptz;
    person uuid;
    talk record;
    message uuid := uuidv7();
BEGIN
    IF account IS NULL THEN
        RETURN QUERY SELECT 'unknown_number', NULL::uuid, NULL::jsonb;
        RETURN;
    END IF;
    PERFORM set_config('app.account_id', account::text, true), set_config('app.role', 'service', true),
            set_config('app.user_id', '', true), set_config('app.contractor_id', '', true);
    IF EXISTS (SELECT FROM messages m WHERE m.account_id = account AND m.provider_sid = sid) THEN
        RETURN QUERY SELECT 'duplicate', account, NULL::jsonb;
        RETURN;
    END IF;
    -- A text that was missed carries the provider's real time, which a moved clock shifts.
    arrived := least(business_time, coalesce(sent_on + (business_time - clock_timestamp()), business_time));
    SELECT p.id INTO person FROM contractors p
        WHERE p.account_id = account AND p.phone = from_address AND NOT p.deleted ORDER BY p.id LIMIT 1;
    INSERT INTO conversations AS c (account_id, channel, our_address, address, contractor_id, last_message_at, last_received_at)
        VALUES (account, 'sms', to_address, from_address, person, arrived, arrived)
        ON CONFLICT (account_id, channel, our_address, address) DO UPDATE SET
            contractor_id = coalesce(excluded.contractor_id, c.contractor_id),
            last_message_at = greatest(c.last_message_at, excluded.last_message_at),
            last_received_at = greatest(c.last_received_at, excluded.last_received_at)
        RETURNING c.id, c.contractor_id, c.conversation_epoch, c.mode, c.last_service INTO talk;
    INSERT INTO messages (account_id, id, conversation_id, contractor_id, direction, status, channel, body, address,
                          our_address, provider_sid, conversation_epoch, media, received_at)
        VALUES (account, message, talk.id, talk.contractor_id, 'inbound', 'received', 'sms', said, from_address,
                to_address, sid, talk.conversation_epoch,
                (SELECT coalesce(jsonb_agg(file - 'url'), '[]') FROM jsonb_array_elements(files) AS file), arrived)
        ON CONFLICT (account_id, provider_sid) DO NOTHING;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'duplicate', account, NULL::jsonb;
        RETURN;
    END IF;
    IF files <> '[]' THEN
        INSERT INTO message_media (account_id, message_id, index, type, url)
            SELECT account, message, (file->>'index')::int, file->>'type', file->>'url'
            FROM jsonb_array_elements(files) AS file;
        PERFORM pg_notify('message_media', '');
    END IF;
    payload := jsonb_build_object(
        'message_id', message, 'conversation_id', talk.id, 'conversation_epoch', talk.conversation_epoch,
        'channel', 'sms', 'address', from_address, 'our_address', to_address, 'received_at', arrived,
        'handler', CASE WHEN talk.contractor_id IS NULL AND talk.last_service IN ('contacts', 'outreach')
                        THEN talk.last_service ELSE 'actions' END,
        'contractor_id', talk.contractor_id, 'body', said,
        'media', (SELECT coalesce(jsonb_agg(file - 'url'), '[]') FROM jsonb_array_elements(files) AS file),
        'open_questions', open_questions_of(talk.id),
        'opted_out', 'everything' = ANY(active_scopes('sms', from_address)),
        'staff_has_taken_over', talk.mode = 'staff');
    IF announce THEN
        INSERT INTO outbox (account_id, topic, key, type, subject, traceparent, payload)
            VALUES (account, 'followthrough.messaging', talk.id::text, 'message.received.v1', message::text, parent,
                    payload::text);
    END IF;
    RETURN QUERY SELECT 'stored', account, payload;
END $$;
