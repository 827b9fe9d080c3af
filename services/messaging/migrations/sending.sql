-- What the way of a text out is made of: accepted, begun, followed.

-- Where a person is talked with: the conversation of the message that is answered, else the latest with this address (given, or
-- the contractor's phone), else a new one; always from a number of the account that is active. Locked; no row while nobody
-- knows where.
CREATE FUNCTION place_conversation(of_channel text, given_address text, person uuid, reply_to uuid)
    RETURNS SETOF conversations LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    account uuid := app_account_id();
    ours text;
    theirs text;
    talk conversations;
BEGIN
    IF of_channel <> 'sms' THEN
        RETURN;
    END IF;
    IF reply_to IS NOT NULL THEN
        SELECT s.number, c.address INTO ours, theirs FROM messages m
            JOIN conversations c ON c.account_id = m.account_id AND c.id = m.conversation_id
            LEFT JOIN sender_numbers s ON s.account_id = c.account_id AND s.number = c.our_address AND s.active
            WHERE m.account_id = account AND m.id = reply_to AND c.channel = of_channel;
    END IF;
    theirs := coalesce(theirs, given_address, (SELECT p.phone FROM contractors p
                                               WHERE p.account_id = account AND p.id = person AND NOT p.deleted));
    IF ours IS NULL THEN
        SELECT c.our_address INTO ours FROM conversations c
            JOIN sender_numbers s ON s.account_id = c.account_id AND s.number = c.our_address AND s.active
            WHERE c.account_id = account AND c.channel = of_channel AND c.address = theirs
            ORDER BY c.last_message_at DESC LIMIT 1;
    END IF;
    IF ours IS NULL THEN
        SELECT s.number INTO ours FROM sender_numbers s WHERE s.account_id = account AND s.active ORDER BY s.id LIMIT 1;
    END IF;
    IF ours IS NULL OR theirs IS NULL THEN
        RETURN;
    END IF;
    SELECT * INTO talk FROM conversations c WHERE c.account_id = account AND c.channel = of_channel
        AND c.our_address = ours AND c.address = theirs FOR NO KEY UPDATE;
    IF FOUND AND (person IS NULL OR talk.contractor_id IS NOT NULL) THEN
        RETURN NEXT talk;
        RETURN;
    END IF;
    RETURN QUERY INSERT INTO conversations AS c (account_id, channel, our_address, address, contractor_id)
        VALUES (account, of_channel, ours, theirs, person)
        ON CONFLICT (account_id, channel, our_address, address) DO UPDATE SET
            contractor_id = coalesce(c.contractor_id, excluded.contractor_id)
        RETURNING c.*;
END $$;

-- Makes the message of a command once; false when its key is known.
CREATE FUNCTION accept_message(
    new_id uuid, key text, of_channel text, given_address text, person uuid, reply_to uuid, of_purpose text, said text,
    service text, kind text, origin uuid, asks jsonb, epoch integer, earliest timestamptz, latest timestamptz, parts integer,
    zone text
) RETURNS boolean LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    account uuid := app_account_id();
    talk conversations;
BEGIN
    IF EXISTS (SELECT FROM messages m WHERE m.account_id = account AND m.message_key = key) THEN
        RETURN false;
    END IF;
    SELECT * INTO talk FROM place_conversation(of_channel, given_address, person, reply_to);
    INSERT INTO messages (account_id, id, conversation_id, contractor_id, direction, status, channel, body, address,
                          our_address, message_key, purpose, origin_service, origin_type, origin_id,
                          in_reply_to_message_id, question, conversation_epoch, not_before, expires_at, segments, time_zone)
        VALUES (account, new_id, talk.id, coalesce(person, talk.contractor_id), 'outbound', 'pending', of_channel, said,
                coalesce(talk.address, given_address), talk.our_address, key, of_purpose, service, kind, origin,
                reply_to, asks, epoch, earliest, latest, parts, zone)
        ON CONFLICT (account_id, message_key) DO NOTHING;
    PERFORM pg_notify('messages', '');
    RETURN FOUND;
END $$;

-- What every event about an outbound message says.
CREATE FUNCTION fact_of(m messages) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object('message_id', m.id, 'conversation_id', m.conversation_id, 'message_key', m.message_key,
        'origin', jsonb_build_object('service', m.origin_service, 'type', m.origin_type, 'id', m.origin_id),
        'contractor_id', m.contractor_id, 'purpose', m.purpose) $$;

-- The provider has a message, or tells what became of it: its status follows when it is one of `below`. Told once. Sets the
-- tenant of the transaction. Returns raised, kept (nothing new), unknown, or other_sid: the
-- provider has a second one, or calls two of ours the same.
CREATE FUNCTION follow_provider(
    account uuid, message uuid, sid text, told text, new_status text, below text[], code integer, why text,
    keep_log boolean, parent text
) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    m messages;
    was text;
    outcome text := 'kept';
    business_time timestamptz := app_clock();
BEGIN
    PERFORM set_config('app.account_id', account::text, true), set_config('app.role', 'service', true),
            set_config('app.user_id', '', true), set_config('app.contractor_id', '', true);
    PERFORM 1 FROM conversations c WHERE c.account_id = account
        AND c.id = (SELECT x.conversation_id FROM messages x WHERE x.account_id = account AND x.id = message)
        FOR NO KEY UPDATE;
    SELECT * INTO m FROM messages x WHERE x.account_id = account AND x.id = message FOR NO KEY UPDATE;
    IF m.id IS NULL OR m.direction <> 'outbound' THEN
        RETURN 'unknown';
    END IF;
    was := m.status;
    IF m.provider_sid <> sid THEN
        outcome := 'other_sid';
    ELSIF was = ANY(below) THEN
        UPDATE messages x SET status = new_status, provider_sid = sid, sent_at = coalesce(x.sent_at, business_time),
            delivered_at = CASE WHEN new_status IN ('delivered', 'opened', 'clicked')
                                THEN coalesce(x.delivered_at, business_time) ELSE x.delivered_at END,
            ended_at = CASE WHEN new_status = 'failed' THEN business_time END,
            error_code = code, failure_reason = why, leased_until = NULL, verify = false
            WHERE x.account_id = account AND x.id = message
            AND NOT EXISTS (SELECT FROM messages y WHERE y.account_id = account AND y.provider_sid = sid AND y.id <> message)
            RETURNING * INTO m;
        outcome := CASE WHEN FOUND THEN 'raised' ELSE 'other_sid' END;
    END IF;
    IF outcome = 'raised' THEN
        IF was IN ('pending', 'in_doubt') THEN
            INSERT INTO outbox (account_id, topic, key, type, subject, occurred_at, traceparent, payload)
                VALUES (account, 'followthrough.messaging', m.conversation_id::text, 'message.sent.v1', m.id::text,
                        business_time, parent,
                        (fact_of(m) || jsonb_build_object('channel', m.channel, 'address', m.address, 'body', m.body,
                            'sent_at', m.sent_at, 'in_reply_to_message_id', m.in_reply_to_message_id))::text);
            UPDATE conversations c SET last_message_at = greatest(c.last_message_at, m.sent_at),
                last_service = CASE m.origin_service WHEN 'messaging' THEN c.last_service ELSE m.origin_service END
                WHERE c.account_id = account AND c.id = m.conversation_id;
            PERFORM pg_notify('messages', '') WHERE EXISTS (SELECT FROM messages x WHERE x.account_id = account
                AND x.conversation_id = m.conversation_id AND x.status = 'pending');
        END IF;
        IF new_status <> 'sent' THEN
            INSERT INTO outbox (account_id, topic, key, type, subject, occurred_at, traceparent, payload)
                VALUES (account, 'followthrough.messaging', m.conversation_id::text, 'message.status_changed.v1',
                        m.id::text, business_time, parent,
                        (fact_of(m) || jsonb_build_object('status', new_status, 'error_code', code, 'reason', why,
                            'changed_at', business_time))::text);
        END IF;
        IF new_status = 'failed' THEN
            UPDATE open_questions q SET closed_at = business_time
                WHERE q.account_id = account AND q.message_id = message AND q.closed_at IS NULL;
        END IF;
    END IF;
    IF keep_log THEN
        INSERT INTO delivery_updates (account_id, message_id, provider_sid, provider_status, error_code, raised)
            VALUES (account, message, sid, told, code, outcome = 'raised');
    END IF;
    RETURN outcome;
END $$;

-- A number's bucket is empty: what else waits behind it gets its slots at once, so that a backlog is not claimed one by one while
-- other accounts wait. The number's row is locked. Option lines may cost a question one segment more.
CREATE FUNCTION give_slots(number_used text, rate float8) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    account uuid := app_account_id();
    moment timestamptz := clock_timestamp();
    business_time timestamptz := app_clock();
    debt float8;
    pause interval;
    waiting record;
BEGIN
    SELECT -s.tokens - rate * extract(epoch FROM moment - s.refilled_at)::float8 INTO debt
        FROM number_states s WHERE s.account_id = account AND s.number = number_used;
    FOR waiting IN
        SELECT m.id, m.expires_at, coalesce(m.segments, 1) + (m.question IS NOT NULL)::int AS cost FROM messages m
        WHERE m.account_id = account AND m.our_address = number_used AND m.status = 'pending' AND m.slot_at IS NULL
        AND m.calling_at IS NULL AND m.run_after <= moment AND (m.leased_until IS NULL OR m.leased_until < moment)
        AND (m.not_before IS NULL OR m.not_before <= business_time)
        ORDER BY m.run_after LIMIT 500 FOR NO KEY UPDATE SKIP LOCKED
    LOOP
        pause := make_interval(secs => (debt + waiting.cost) / rate);
        -- Whoever expires before is left to be claimed, and told so now.
        IF business_time + pause < waiting.expires_at THEN
            debt := debt + waiting.cost;
            UPDATE messages m SET slot_at = moment + pause, run_after = moment + pause
                WHERE m.account_id = account AND m.id = waiting.id;
        END IF;
    END LOOP;
    UPDATE number_states s SET tokens = -debt, refilled_at = moment WHERE s.account_id = account AND s.number = number_used;
END $$;

-- The last checks before the provider is asked, which count; then the message is marked. Returns go; day: the account's limit is
-- reached; wait: the number's bucket is empty, and the message has a slot of its own there, paid for, and comes back then; late: that
-- slot would be after the message expires. A slot that was missed (a night, an outage) is no excuse for a burst: it is paid anew.
CREATE FUNCTION begin_call(
    message uuid, number_used text, said text, cost float8, rate float8, day_limit integer, counts boolean, today date,
    slot timestamptz, latest timestamptz
) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    account uuid := app_account_id();
    size float8 := greatest(rate, 1);
    asked timestamptz := clock_timestamp();
    wait float8;
BEGIN
    IF slot > asked THEN
        UPDATE messages m SET run_after = slot, leased_until = NULL, attempts = 0 WHERE m.account_id = account AND m.id = message;
        RETURN 'wait';
    END IF;
    IF counts THEN
        INSERT INTO daily_counts AS d (account_id, day, messages) VALUES (account, today, 1)
            ON CONFLICT (account_id, day) DO UPDATE SET messages = d.messages + 1 WHERE d.messages < day_limit;
        IF NOT FOUND OR day_limit < 1 THEN
            RETURN 'day';
        END IF;
        UPDATE messages m SET counted_on = today WHERE m.account_id = account AND m.id = message;
    END IF;
    IF slot IS NULL OR slot < asked - interval '2 seconds' THEN
        INSERT INTO number_states AS s (account_id, number, tokens, refilled_at)
            VALUES (account, number_used, size - cost, clock_timestamp())
            ON CONFLICT (account_id, number) DO UPDATE SET refilled_at = clock_timestamp(), tokens = -cost +
                least(size, s.tokens + rate * extract(epoch FROM clock_timestamp() - s.refilled_at)::float8)
            RETURNING -s.tokens / rate INTO wait;
        IF wait > 0 AND app_clock() + make_interval(secs => wait) >= latest THEN
            UPDATE number_states s SET tokens = s.tokens + cost WHERE s.account_id = account AND s.number = number_used;
            UPDATE daily_counts d SET messages = d.messages - 1 WHERE d.account_id = account AND d.day = today AND counts;
            RETURN 'late';
        END IF;
        IF wait > 0 THEN
            slot := clock_timestamp() + make_interval(secs => wait);
            UPDATE messages m SET slot_at = slot, run_after = slot, leased_until = NULL, attempts = 0
                WHERE m.account_id = account AND m.id = message;
            PERFORM give_slots(number_used, rate);
            RETURN 'wait';
        END IF;
    END IF;
    asked := clock_timestamp();
    UPDATE messages m SET asked_at = coalesce(m.asked_at, asked), calling_at = asked, slot_at = NULL, verify = false,
        body = said, segments = cost WHERE m.account_id = account AND m.id = message;
    RETURN 'go';
END $$;
