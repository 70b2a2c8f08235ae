CREATE SCHEMA "stall";

COMMENT ON SCHEMA "stall" IS 'Event store of the domain stall, store format 1.
eventloom:stall';

CREATE SEQUENCE "stall"."global_position" AS bigint CACHE 1;

COMMENT ON SEQUENCE "stall"."global_position" IS 'Orders events within a transaction; has gaps.
eventloom:stall';

CREATE SEQUENCE "stall"."outbox_position" AS bigint CACHE 1;

COMMENT ON SEQUENCE "stall"."outbox_position" IS 'Orders what is to be sent.
eventloom:stall';

CREATE SEQUENCE "stall"."epoch" AS bigint CACHE 1;

COMMENT ON SEQUENCE "stall"."epoch" IS 'The epoch that events are appended in, once it was raised. See raise_epoch.
eventloom:stall';

CREATE SEQUENCE "stall"."archivings" AS bigint CACHE 1;

COMMENT ON SEQUENCE "stall"."archivings" IS 'How often an aggregate was archived: appends look for theirs once one was.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."refuse_change"()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $$BEGIN
  RAISE EXCEPTION '% on %.% refused: events are append-only', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'ES009',
    HINT = 'Append an event that corrects it.';
END$$;

COMMENT ON FUNCTION "stall"."refuse_change"() IS 'Refuses UPDATE, DELETE and TRUNCATE: events are facts. SQLSTATE ES009.
eventloom:stall';

CREATE TABLE "stall"."archived_aggregates" (
  "archived_at" timestamp with time zone NOT NULL DEFAULT now(),
  "aggregate_id" text COLLATE "C" NOT NULL,
  CONSTRAINT "archived_aggregates_pkey" PRIMARY KEY ("aggregate_id")
);

COMMENT ON TABLE "stall"."archived_aggregates" IS 'Aggregates that are over: append_events refuses them. Archive with archive_aggregate; delete the row to open one again.
eventloom:stall';

CREATE TABLE "stall"."epochs" (
  "system_identifier" bigint NOT NULL,
  "since" timestamp with time zone NOT NULL DEFAULT now(),
  "epoch" smallint NOT NULL,
  CONSTRAINT "epochs_pkey" PRIMARY KEY ("epoch")
);

COMMENT ON COLUMN "stall"."epochs"."system_identifier" IS 'of the cluster, as initdb chose it';

COMMENT ON TABLE "stall"."epochs" IS 'The clusters that this store has lived in, the current one last. See check_identity and raise_epoch.
eventloom:stall';

CREATE TABLE "stall"."event_store" (
  "version" bigint NOT NULL,
  "global_position" bigint NOT NULL DEFAULT nextval('stall.global_position'::regclass),
  "transaction_id" xid8 NOT NULL DEFAULT pg_current_xact_id(),
  "occurred_at" timestamp with time zone NOT NULL DEFAULT now(),
  "event_id" uuid NOT NULL,
  "epoch" smallint NOT NULL,
  "schema_version" smallint NOT NULL DEFAULT 1,
  "any_version" boolean NOT NULL DEFAULT false,
  "aggregate_id" text COLLATE "C" NOT NULL,
  "aggregate_type" text COLLATE "C" NOT NULL,
  "event_type" text COLLATE "C" NOT NULL,
  "data" jsonb NOT NULL,
  "metadata" jsonb NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT "event_store_pkey" PRIMARY KEY ("aggregate_id", "version")
) PARTITION BY HASH ("aggregate_id");

CREATE TABLE "stall"."event_store_p00" PARTITION OF "stall"."event_store" FOR VALUES WITH (MODULUS 4, REMAINDER 0) WITH ("autovacuum_analyze_scale_factor" = '0.02', "autovacuum_freeze_min_age" = '0', "autovacuum_vacuum_insert_scale_factor" = '0.05', "fillfactor" = '100');

CREATE TABLE "stall"."event_store_p01" PARTITION OF "stall"."event_store" FOR VALUES WITH (MODULUS 4, REMAINDER 1) WITH ("autovacuum_analyze_scale_factor" = '0.02', "autovacuum_freeze_min_age" = '0', "autovacuum_vacuum_insert_scale_factor" = '0.05', "fillfactor" = '100');

CREATE TABLE "stall"."event_store_p02" PARTITION OF "stall"."event_store" FOR VALUES WITH (MODULUS 4, REMAINDER 2) WITH ("autovacuum_analyze_scale_factor" = '0.02', "autovacuum_freeze_min_age" = '0', "autovacuum_vacuum_insert_scale_factor" = '0.05', "fillfactor" = '100');

CREATE TABLE "stall"."event_store_p03" PARTITION OF "stall"."event_store" FOR VALUES WITH (MODULUS 4, REMAINDER 3) WITH ("autovacuum_analyze_scale_factor" = '0.02', "autovacuum_freeze_min_age" = '0', "autovacuum_vacuum_insert_scale_factor" = '0.05', "fillfactor" = '100');

CREATE INDEX "event_store_all" ON "stall"."event_store" USING btree ("epoch", "transaction_id", "global_position");

CREATE UNIQUE INDEX "event_store_any_version" ON "stall"."event_store" USING btree ("aggregate_id", "event_id") WHERE (any_version);

CREATE TRIGGER "append_only" BEFORE UPDATE OR DELETE ON "stall"."event_store" FOR EACH ROW EXECUTE FUNCTION "stall"."refuse_change"();

ALTER TABLE "stall"."event_store" ENABLE ALWAYS TRIGGER "append_only";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "stall"."event_store" FOR EACH STATEMENT EXECUTE FUNCTION "stall"."refuse_change"();

ALTER TABLE "stall"."event_store" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "stall"."event_store_p00" FOR EACH STATEMENT EXECUTE FUNCTION "stall"."refuse_change"();

ALTER TABLE "stall"."event_store_p00" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "stall"."event_store_p01" FOR EACH STATEMENT EXECUTE FUNCTION "stall"."refuse_change"();

ALTER TABLE "stall"."event_store_p01" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "stall"."event_store_p02" FOR EACH STATEMENT EXECUTE FUNCTION "stall"."refuse_change"();

ALTER TABLE "stall"."event_store_p02" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "stall"."event_store_p03" FOR EACH STATEMENT EXECUTE FUNCTION "stall"."refuse_change"();

ALTER TABLE "stall"."event_store_p03" ENABLE ALWAYS TRIGGER "no_truncate";

COMMENT ON COLUMN "stall"."event_store"."version" IS '1, 2, 3 and so on within the aggregate, without gaps';

COMMENT ON COLUMN "stall"."event_store"."event_id" IS 'given by the writer: an append that comes again has the same ids';

COMMENT ON COLUMN "stall"."event_store"."epoch" IS 'goes up by one after a restore into another cluster, where transaction ids start again';

COMMENT ON COLUMN "stall"."event_store"."schema_version" IS 'the event''s version as declared';

COMMENT ON COLUMN "stall"."event_store"."any_version" IS 'appended without an expected version: then only its id tells a repetition';

COMMENT ON TABLE "stall"."event_store" IS 'Every event that happened, in order, for ever. Append with append_events; rows never change.
eventloom:stall';

CREATE TABLE "stall"."snapshots" (
  "version" bigint NOT NULL,
  "taken_at" timestamp with time zone NOT NULL DEFAULT now(),
  "schema_version" smallint NOT NULL,
  "aggregate_id" text COLLATE "C" NOT NULL,
  "snapshot_type" text COLLATE "C" NOT NULL,
  "data" jsonb NOT NULL,
  CONSTRAINT "snapshots_pkey" PRIMARY KEY ("aggregate_id", "snapshot_type", "schema_version")
) WITH ("fillfactor" = '80');

COMMENT ON TABLE "stall"."snapshots" IS 'The state of an aggregate at a version, to save replaying. A new schema version is a new row: older readers keep theirs.
eventloom:stall';

CREATE TABLE "stall"."outbox" (
  "position" bigint NOT NULL DEFAULT nextval('stall.outbox_position'::regclass),
  "created_at" timestamp with time zone NOT NULL DEFAULT now(),
  "id" uuid NOT NULL,
  "aggregatetype" character varying(255) NOT NULL,
  "aggregateid" character varying(255) NOT NULL,
  "type" character varying(255) NOT NULL,
  "payload" jsonb NOT NULL,
  "headers" jsonb NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
) WITH ("autovacuum_vacuum_scale_factor" = '0.01', "fillfactor" = '70');

CREATE INDEX "outbox_position_idx" ON "stall"."outbox" USING btree ("position");

COMMENT ON COLUMN "stall"."outbox"."headers" IS 'where it goes and what it answers: exchange, routing key, correlation';

COMMENT ON TABLE "stall"."outbox" IS 'What is to be sent and is no event: commands and replies, written together with the state that causes them. Sent rows are deleted.
eventloom:stall';

CREATE TABLE "stall"."inbox" (
  "received_at" timestamp with time zone NOT NULL DEFAULT now(),
  "consumer" text COLLATE "C" NOT NULL,
  "message_id" text COLLATE "C" NOT NULL,
  CONSTRAINT "inbox_pkey" PRIMARY KEY ("consumer", "message_id")
);

CREATE INDEX "inbox_received_at" ON "stall"."inbox" USING btree ("received_at");

COMMENT ON TABLE "stall"."inbox" IS 'Messages that a consumer has handled, inserted in the handler''s transaction: a conflict is a duplicate.
eventloom:stall';

CREATE TABLE "stall"."checkpoints" (
  "transaction_id" xid8 NOT NULL DEFAULT '0'::xid8,
  "global_position" bigint NOT NULL DEFAULT 0,
  "updated_at" timestamp with time zone NOT NULL DEFAULT now(),
  "lease_until" timestamp with time zone,
  "generation" integer NOT NULL DEFAULT 1,
  "epoch" smallint NOT NULL DEFAULT 0,
  "shard" smallint NOT NULL DEFAULT 0,
  "processor" text COLLATE "C" NOT NULL,
  "status" text COLLATE "C" NOT NULL DEFAULT 'running'::text,
  "owner" text COLLATE "C",
  CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("processor", "shard", "generation")
) WITH ("fillfactor" = '50');

COMMENT ON COLUMN "stall"."checkpoints"."generation" IS 'a rebuild beside the running one has the next generation';

COMMENT ON TABLE "stall"."checkpoints" IS 'How far each reader of the feed is. Moved by compare-and-set in the reader''s own transaction.
eventloom:stall';

CREATE TABLE "stall"."sagas" (
  "version" bigint NOT NULL DEFAULT 0,
  "started_at" timestamp with time zone NOT NULL DEFAULT now(),
  "updated_at" timestamp with time zone NOT NULL DEFAULT now(),
  "completed_at" timestamp with time zone,
  "saga_id" uuid NOT NULL,
  "definition_version" integer NOT NULL DEFAULT 1,
  "step" integer NOT NULL DEFAULT 0,
  "saga_type" text COLLATE "C" NOT NULL,
  "correlation_key" text COLLATE "C" NOT NULL,
  "state" text COLLATE "C" NOT NULL,
  "direction" text COLLATE "C" NOT NULL DEFAULT 'forward'::text,
  "data" jsonb NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT "sagas_pkey" PRIMARY KEY ("saga_id"),
  CONSTRAINT "sagas_direction" CHECK (direction = ANY (ARRAY['forward'::text, 'compensating'::text]))
) WITH ("fillfactor" = '70');

CREATE UNIQUE INDEX "sagas_correlation" ON "stall"."sagas" USING btree ("saga_type", "correlation_key");

COMMENT ON COLUMN "stall"."sagas"."definition_version" IS 'the step list that it was started with';

COMMENT ON TABLE "stall"."sagas" IS 'Running and finished sagas; one for each correlation key.
eventloom:stall';

CREATE TABLE "stall"."saga_steps" (
  "started_at" timestamp with time zone NOT NULL DEFAULT now(),
  "completed_at" timestamp with time zone,
  "saga_id" uuid NOT NULL,
  "command_id" uuid NOT NULL,
  "seq" integer NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "direction" text COLLATE "C" NOT NULL,
  "status" text COLLATE "C" NOT NULL,
  "result" jsonb,
  CONSTRAINT "saga_steps_pkey" PRIMARY KEY ("saga_id", "seq")
) WITH ("fillfactor" = '70');

CREATE UNIQUE INDEX "saga_steps_command" ON "stall"."saga_steps" USING btree ("command_id");

COMMENT ON COLUMN "stall"."saga_steps"."command_id" IS 'made from saga, step and direction: sending again is the same command';

COMMENT ON TABLE "stall"."saga_steps" IS 'What each saga did, in order; compensations go through it backwards.
eventloom:stall';

CREATE TABLE "stall"."timeouts" (
  "due_at" timestamp with time zone NOT NULL,
  "token" bigint NOT NULL,
  "id" uuid NOT NULL,
  "saga_id" uuid NOT NULL,
  "saga_type" text COLLATE "C" NOT NULL,
  "payload" jsonb NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT "timeouts_pkey" PRIMARY KEY ("due_at", "id")
);

CREATE INDEX "timeouts_saga" ON "stall"."timeouts" USING btree ("saga_id");

COMMENT ON COLUMN "stall"."timeouts"."token" IS 'the saga''s version when it was set: a later version makes it void';

COMMENT ON TABLE "stall"."timeouts" IS 'What is due when, if nothing happens before: polled in order, deleted when taken.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."append_events"("p_aggregate_id" text, "p_aggregate_type" text, "p_expected_version" bigint, "p_event_ids" uuid[], "p_event_types" text[], "p_schema_versions" smallint[], "p_data" jsonb[], "p_metadata" jsonb[], OUT "last_version" bigint, OUT "last_position" bigint, OUT "tx" xid8)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  n int := coalesce(cardinality(p_event_ids), 0);
  base bigint;
  fine boolean;
  last_type text;
  last_tx xid8;
  hits bigint;
BEGIN
  -- before any transaction id exists
  IF n = 0 OR pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(p_aggregate_id, 7331)) IS NULL THEN
    RAISE EXCEPTION 'nothing to append, or to no aggregate' USING ERRCODE = '22023',
      HINT = 'Give an aggregate''s id and at least one event.';
  END IF;
  SELECT e.version,
         e.aggregate_type OPERATOR(pg_catalog.=) p_aggregate_type
         AND (e.transaction_id OPERATOR(pg_catalog.>) pg_catalog.pg_current_xact_id()
              AND e.epoch OPERATOR(pg_catalog.=) coalesce(pg_catalog.pg_sequence_last_value('stall.epoch'::pg_catalog.regclass), 0)) IS NOT TRUE
    INTO base, fine
    FROM stall.event_store e
   WHERE e.aggregate_id OPERATOR(pg_catalog.=) p_aggregate_id
   ORDER BY e.version DESC
   LIMIT 1;
  base := coalesce(base, 0);
  IF p_expected_version <> base THEN
    SELECT count(*), max(w.global_position), (array_agg(w.transaction_id))[1] INTO hits, last_position, tx
        FROM (SELECT e.version, e.global_position, e.transaction_id, e.event_id FROM stall.event_store e
               WHERE e.aggregate_id = p_aggregate_id AND e.version > p_expected_version ORDER BY e.version LIMIT n) w
       WHERE w.event_id = p_event_ids[w.version - p_expected_version];
    IF hits = n THEN
      last_version := p_expected_version + n;
      RETURN;
    END IF;
    RAISE EXCEPTION 'wrong expected version: % (actual %)', p_expected_version, base USING ERRCODE = 'ES001', DETAIL = base::text,
      HINT = 'Read the aggregate again and decide anew.';
  ELSIF p_expected_version IS NULL AND base > 0 THEN
    SELECT count(*), max(e.version), max(e.global_position), (array_agg(e.transaction_id))[1]
        INTO hits, last_version, last_position, tx
        FROM stall.event_store e
       WHERE e.aggregate_id = p_aggregate_id AND e.event_id = ANY (p_event_ids) AND e.any_version;
    IF hits = n THEN
      RETURN;
    END IF;
  END IF;
  IF NOT coalesce(fine, true) OR pg_catalog.pg_sequence_last_value('stall.archivings'::pg_catalog.regclass) IS NOT NULL THEN
    SELECT e.aggregate_type, e.transaction_id INTO last_type, last_tx
      FROM stall.event_store e WHERE e.aggregate_id = p_aggregate_id AND e.version = base;
    IF last_type <> p_aggregate_type THEN
      RAISE EXCEPTION 'aggregate % is of type %', p_aggregate_id, last_type USING ERRCODE = 'ES003',
        HINT = 'Give aggregates of different types different ids.';
    END IF;
    IF EXISTS (SELECT FROM stall.archived_aggregates a WHERE a.aggregate_id = p_aggregate_id) THEN
      RAISE EXCEPTION 'aggregate % is archived', p_aggregate_id USING ERRCODE = 'ES002',
        HINT = 'Begin a new aggregate; the owner of the schema opens this one again by deleting it from archived_aggregates.';
    END IF;
    IF NOT fine THEN
      RAISE EXCEPTION 'repeat the transaction: % is older than the aggregate''s last one, %', pg_current_xact_id(), last_tx
        USING ERRCODE = '40001', HINT = 'Append before any other write, or call lock_aggregates first.';
    END IF;
  END IF;
  IF current_setting('transaction_isolation') = 'read committed' THEN
    INSERT INTO stall.event_store (version, transaction_id, event_id, epoch, schema_version, any_version, aggregate_id, aggregate_type, event_type, data, metadata)
    SELECT base + e.o, pg_current_xact_id(), e.i, coalesce(pg_catalog.pg_sequence_last_value('stall.epoch'::pg_catalog.regclass), 0), e.s, p_expected_version IS NULL, p_aggregate_id,
           p_aggregate_type, e.t, e.d, e.m
      FROM unnest(p_event_ids, p_event_types, p_schema_versions, p_data, p_metadata) WITH ORDINALITY AS e(i, t, s, d, m, o)
     ORDER BY e.o;
  ELSE
    -- its snapshot may be older than the lock; Postgres sends it back (40001) when it meets what it did not see
    INSERT INTO stall.event_store (version, transaction_id, event_id, epoch, schema_version, any_version, aggregate_id, aggregate_type, event_type, data, metadata)
    SELECT base + e.o, pg_current_xact_id(), e.i, coalesce(pg_catalog.pg_sequence_last_value('stall.epoch'::pg_catalog.regclass), 0), e.s, p_expected_version IS NULL, p_aggregate_id,
           p_aggregate_type, e.t, e.d, e.m
      FROM unnest(p_event_ids, p_event_types, p_schema_versions, p_data, p_metadata) WITH ORDINALITY AS e(i, t, s, d, m, o)
     ORDER BY e.o
    ON CONFLICT (aggregate_id, version) DO NOTHING;
  END IF;
  last_version := base + n;
  last_position := currval('stall.global_position');
  tx := pg_current_xact_id();
END$$;

REVOKE ALL ON FUNCTION "stall"."append_events"(text, text, bigint, uuid[], text[], smallint[], jsonb[], jsonb[]) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."append_events"(text, text, bigint, uuid[], text[], smallint[], jsonb[], jsonb[]) IS 'Appends events to one aggregate. p_expected_version: NULL any, 0 a new aggregate, n exactly n. The same append again, with the same event ids and expected version, gives the first answer. SQLSTATE ES001 wrong expected version (DETAIL: the actual one), ES002 archived, ES003 another aggregate type, 22023 nothing to append, or to no aggregate, 23505 some of the event ids are there already, 40001 repeat the whole transaction.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."append_event"("p_aggregate_id" text, "p_aggregate_type" text, "p_expected_version" bigint, "p_event_id" uuid, "p_event_type" text, "p_schema_version" smallint, "p_data" jsonb, "p_metadata" jsonb, OUT "last_version" bigint, OUT "last_position" bigint, OUT "tx" xid8)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
AS $$DECLARE
  base pg_catalog.int8;
  fine pg_catalog.bool;
  leaf pg_catalog.int4 := ((pg_catalog.hashtextextended(p_aggregate_id, 8816678312871386365) OPERATOR(pg_catalog.&) 3) OPERATOR(pg_catalog.+) 3) OPERATOR(pg_catalog.&) 3;
BEGIN
  -- before any transaction id exists
  IF pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(p_aggregate_id, 7331)) IS NULL THEN
    RAISE EXCEPTION 'no aggregate' USING ERRCODE = '22023', HINT = 'Give the id of one.';
  END IF;
  IF leaf OPERATOR(pg_catalog.<) 2 THEN
  IF leaf OPERATOR(pg_catalog.<) 1 THEN
  SELECT e.version,
         e.aggregate_type OPERATOR(pg_catalog.=) p_aggregate_type
         AND (e.transaction_id OPERATOR(pg_catalog.>) pg_catalog.pg_current_xact_id()
              AND e.epoch OPERATOR(pg_catalog.=) coalesce(pg_catalog.pg_sequence_last_value('stall.epoch'::pg_catalog.regclass), 0)) IS NOT TRUE
    INTO base, fine
    FROM stall.event_store_p00 e
   WHERE e.aggregate_id OPERATOR(pg_catalog.=) p_aggregate_id
   ORDER BY e.version DESC
   LIMIT 1;
  ELSE
  SELECT e.version,
         e.aggregate_type OPERATOR(pg_catalog.=) p_aggregate_type
         AND (e.transaction_id OPERATOR(pg_catalog.>) pg_catalog.pg_current_xact_id()
              AND e.epoch OPERATOR(pg_catalog.=) coalesce(pg_catalog.pg_sequence_last_value('stall.epoch'::pg_catalog.regclass), 0)) IS NOT TRUE
    INTO base, fine
    FROM stall.event_store_p01 e
   WHERE e.aggregate_id OPERATOR(pg_catalog.=) p_aggregate_id
   ORDER BY e.version DESC
   LIMIT 1;
  END IF;
  ELSE
  IF leaf OPERATOR(pg_catalog.<) 3 THEN
  SELECT e.version,
         e.aggregate_type OPERATOR(pg_catalog.=) p_aggregate_type
         AND (e.transaction_id OPERATOR(pg_catalog.>) pg_catalog.pg_current_xact_id()
              AND e.epoch OPERATOR(pg_catalog.=) coalesce(pg_catalog.pg_sequence_last_value('stall.epoch'::pg_catalog.regclass), 0)) IS NOT TRUE
    INTO base, fine
    FROM stall.event_store_p02 e
   WHERE e.aggregate_id OPERATOR(pg_catalog.=) p_aggregate_id
   ORDER BY e.version DESC
   LIMIT 1;
  ELSE
  SELECT e.version,
         e.aggregate_type OPERATOR(pg_catalog.=) p_aggregate_type
         AND (e.transaction_id OPERATOR(pg_catalog.>) pg_catalog.pg_current_xact_id()
              AND e.epoch OPERATOR(pg_catalog.=) coalesce(pg_catalog.pg_sequence_last_value('stall.epoch'::pg_catalog.regclass), 0)) IS NOT TRUE
    INTO base, fine
    FROM stall.event_store_p03 e
   WHERE e.aggregate_id OPERATOR(pg_catalog.=) p_aggregate_id
   ORDER BY e.version DESC
   LIMIT 1;
  END IF;
  END IF;
  IF coalesce(fine AND base OPERATOR(pg_catalog.=) p_expected_version,
              base IS NULL AND coalesce(p_expected_version, 0) OPERATOR(pg_catalog.=) 0)
     AND pg_catalog.pg_sequence_last_value('stall.archivings'::pg_catalog.regclass) IS NULL AND pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.=) 'read committed' THEN
    INSERT INTO stall.event_store (version, transaction_id, event_id, epoch, schema_version, any_version, aggregate_id, aggregate_type, event_type, data, metadata)
    VALUES (coalesce(base, 0) OPERATOR(pg_catalog.+) 1, pg_catalog.pg_current_xact_id(), p_event_id, coalesce(pg_catalog.pg_sequence_last_value('stall.epoch'::pg_catalog.regclass), 0),
            p_schema_version, p_expected_version IS NULL, p_aggregate_id, p_aggregate_type, p_event_type, p_data, p_metadata);
  ELSIF coalesce(fine, true) AND pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.=) 'read committed'
        AND coalesce(p_expected_version, base, 0) OPERATOR(pg_catalog.=) coalesce(base, 0)
        AND (pg_catalog.pg_sequence_last_value('stall.archivings'::pg_catalog.regclass) IS NULL
             OR NOT EXISTS (SELECT FROM stall.archived_aggregates a WHERE a.aggregate_id OPERATOR(pg_catalog.=) p_aggregate_id))
        AND (p_expected_version IS NOT NULL OR base IS NULL
             OR NOT EXISTS (SELECT FROM stall.event_store e WHERE e.aggregate_id OPERATOR(pg_catalog.=) p_aggregate_id
                               AND e.event_id OPERATOR(pg_catalog.=) p_event_id AND e.any_version)) THEN
    INSERT INTO stall.event_store (version, transaction_id, event_id, epoch, schema_version, any_version, aggregate_id, aggregate_type, event_type, data, metadata)
    VALUES (coalesce(base, 0) OPERATOR(pg_catalog.+) 1, pg_catalog.pg_current_xact_id(), p_event_id, coalesce(pg_catalog.pg_sequence_last_value('stall.epoch'::pg_catalog.regclass), 0),
            p_schema_version, p_expected_version IS NULL, p_aggregate_id, p_aggregate_type, p_event_type, p_data, p_metadata);
  ELSE
    SELECT a.last_version, a.last_position, a.tx INTO last_version, last_position, tx
      FROM stall.append_events(p_aggregate_id, p_aggregate_type, p_expected_version, ARRAY[p_event_id], ARRAY[p_event_type],
                              ARRAY[p_schema_version], ARRAY[p_data], ARRAY[p_metadata]) a;
    RETURN;
  END IF;
  last_version := coalesce(base, 0) OPERATOR(pg_catalog.+) 1;
  last_position := pg_catalog.currval('stall.global_position'::pg_catalog.regclass);
  tx := pg_catalog.pg_current_xact_id();
END$$;

REVOKE ALL ON FUNCTION "stall"."append_event"(text, text, bigint, uuid, text, smallint, jsonb, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."append_event"(text, text, bigint, uuid, text, smallint, jsonb, jsonb) IS 'Appends one event to one aggregate: as append_events with one event, which answers in its place whatever is out of the ordinary; faster.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."archive_aggregate"("p_aggregate_id" text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(p_aggregate_id, 7331));
  PERFORM nextval('stall.archivings');
  INSERT INTO stall.archived_aggregates (aggregate_id) VALUES (p_aggregate_id) ON CONFLICT DO NOTHING;
END$$;

REVOKE ALL ON FUNCTION "stall"."archive_aggregate"(text) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."archive_aggregate"(text) IS 'Closes an aggregate: append_events refuses it from then on (ES002). Its events stay, and are read as before.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."current_epoch"()
RETURNS smallint
LANGUAGE sql STABLE PARALLEL SAFE
AS $$SELECT coalesce((SELECT c.epoch FROM stall.epochs c ORDER BY c.epoch DESC LIMIT 1), 0::smallint)$$;

COMMENT ON FUNCTION "stall"."current_epoch"() IS 'The epoch that events are appended in.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."check_identity"()
RETURNS smallint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  here bigint := (SELECT system_identifier FROM pg_control_system());
  known stall.epochs%ROWTYPE;
BEGIN
  SELECT * INTO known FROM stall.epochs c ORDER BY c.epoch DESC LIMIT 1;
  IF known.epoch IS NULL THEN
    INSERT INTO stall.epochs (epoch, system_identifier) VALUES (0, here) ON CONFLICT DO NOTHING;
    RETURN 0;
  END IF;
  IF known.system_identifier <> here THEN
    RAISE EXCEPTION 'the store was in cluster % and is in % now: transaction ids start again', known.system_identifier, here
      USING ERRCODE = 'ES005', HINT = 'Call raise_epoch() as the owner of the schema, then start the services.';
  END IF;
  RETURN known.epoch;
END$$;

REVOKE ALL ON FUNCTION "stall"."check_identity"() FROM PUBLIC;

COMMENT ON FUNCTION "stall"."check_identity"() IS 'For a service that starts: returns the epoch where the store is in the cluster that it was in last. SQLSTATE ES005 where it was restored into another one: call raise_epoch before anything else.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."raise_epoch"()
RETURNS smallint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $$DECLARE
  raised smallint;
BEGIN
  -- an append asks for the epoch while it has its own lock on this table, and keeps that to its end
  LOCK TABLE stall.event_store IN EXCLUSIVE MODE;
  LOCK TABLE stall.epochs IN EXCLUSIVE MODE;
  INSERT INTO stall.epochs (epoch, system_identifier)
  SELECT coalesce((SELECT c.epoch FROM stall.epochs c ORDER BY c.epoch DESC LIMIT 1), 0::smallint) + 1, system_identifier FROM pg_control_system()
  RETURNING epoch INTO raised;
  PERFORM setval('stall.epoch', raised);
  RETURN raised;
END$$;

COMMENT ON FUNCTION "stall"."raise_epoch"() IS 'After a restore into another cluster: what is appended from now on comes after all that is there. Waits for the appends that are under way. Returns the new epoch.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."lock_aggregates"("p_aggregate_ids" text[])
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  k bigint;
BEGIN
  IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
    RAISE EXCEPTION 'lock_aggregates must come before any write of the transaction' USING ERRCODE = 'ES004',
      HINT = 'Call it first in the transaction.';
  END IF;
  FOR k IN SELECT DISTINCT pg_catalog.hashtextextended(i, 7331) AS h FROM unnest(p_aggregate_ids) AS i ORDER BY h LOOP
    PERFORM pg_advisory_xact_lock(k);
  END LOOP;
END$$;

REVOKE ALL ON FUNCTION "stall"."lock_aggregates"(text[]) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."lock_aggregates"(text[]) IS 'For a transaction that writes other things first or appends to several aggregates: takes their locks in one order, before any write. SQLSTATE ES004 when it comes late.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."read_aggregate"("p_aggregate_id" text, "p_after_version" bigint, "p_limit" integer)
RETURNS SETOF stall.event_store
LANGUAGE sql STABLE PARALLEL UNSAFE
AS $$SELECT * FROM stall.event_store e
 WHERE e.aggregate_id = p_aggregate_id AND e.version > p_after_version
 ORDER BY e.version
 LIMIT p_limit$$;

COMMENT ON FUNCTION "stall"."read_aggregate"(text, bigint, integer) IS 'The events of one aggregate after a version, in order; touches one leaf.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."read_events"("p_epoch" smallint, "p_after_transaction_id" xid8, "p_after_position" bigint, "p_limit" integer)
RETURNS SETOF stall.event_store
LANGUAGE sql STABLE PARALLEL UNSAFE
AS $$SELECT * FROM stall.event_store e
 WHERE e.epoch = p_epoch
   AND (e.transaction_id, e.global_position) > (p_after_transaction_id, p_after_position)
   AND e.transaction_id < CASE WHEN p_epoch < (SELECT coalesce((SELECT c.epoch FROM stall.epochs c ORDER BY c.epoch DESC LIMIT 1), 0::smallint)) THEN '18446744073709551615'::xid8
                               ELSE pg_snapshot_xmin(pg_current_snapshot()) END
 ORDER BY e.epoch, e.transaction_id, e.global_position
 LIMIT p_limit$$;

COMMENT ON FUNCTION "stall"."read_events"(smallint, xid8, bigint, integer) IS 'The feed of one epoch after a place in it, in the order that never changes: no event is skipped, also under concurrent writers. When an epoch before the current one gives no more, go on with the next one from (''0'', 0).
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."save_snapshot"("p_aggregate_id" text, "p_snapshot_type" text, "p_schema_version" smallint, "p_version" bigint, "p_data" jsonb)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  newest bigint := coalesce((SELECT e.version FROM stall.event_store e WHERE e.aggregate_id = p_aggregate_id
                              ORDER BY e.version DESC LIMIT 1), 0);
BEGIN
  IF p_version < 1 OR p_version > newest THEN
    RAISE EXCEPTION 'no snapshot of version % of aggregate %: it has %', p_version, p_aggregate_id, newest
      USING ERRCODE = 'ES010', DETAIL = newest::text, HINT = 'Append first, and save the state that the committed events give.';
  END IF;
  INSERT INTO stall.snapshots AS k (aggregate_id, snapshot_type, schema_version, version, data)
  VALUES (p_aggregate_id, p_snapshot_type, p_schema_version, p_version, p_data)
  ON CONFLICT (aggregate_id, snapshot_type, schema_version) DO UPDATE
     SET version = excluded.version, data = excluded.data, taken_at = excluded.taken_at
   WHERE k.version < excluded.version;
  RETURN FOUND;
END$$;

REVOKE ALL ON FUNCTION "stall"."save_snapshot"(text, text, smallint, bigint, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."save_snapshot"(text, text, smallint, bigint, jsonb) IS 'Keeps the state of an aggregate at a version, once for each schema version of the state. Returns false, and keeps what is there, where that is as new or newer. SQLSTATE ES010 for a version that the aggregate does not have.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."load_snapshot"("p_aggregate_id" text, "p_snapshot_type" text, "p_schema_version" smallint)
RETURNS SETOF stall.snapshots
LANGUAGE sql STABLE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$SELECT * FROM stall.snapshots k
 WHERE k.aggregate_id = p_aggregate_id AND k.snapshot_type = p_snapshot_type AND k.schema_version = p_schema_version$$;

REVOKE ALL ON FUNCTION "stall"."load_snapshot"(text, text, smallint) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."load_snapshot"(text, text, smallint) IS 'The snapshot of an aggregate in one schema version, or no row: read the events after its version, or all of them.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."handle_once"("p_consumer" text, "p_message_id" text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$BEGIN
  -- all messages without an id would be one
  IF coalesce(p_consumer, '') = '' OR coalesce(p_message_id, '') = '' THEN
    RAISE EXCEPTION 'a message is known by its consumer and its id' USING ERRCODE = '22023',
      HINT = 'Let the producer give each message an id; a repetition has the same one.';
  END IF;
  INSERT INTO stall.inbox (consumer, message_id) VALUES (p_consumer, p_message_id) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END$$;

REVOKE ALL ON FUNCTION "stall"."handle_once"(text, text) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."handle_once"(text, text) IS 'In the transaction that handles a message: true the first time, false where the consumer has handled it. While another transaction handles the same message it waits for how that ends. SQLSTATE 22023 without a consumer or a message id.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."enqueue"("p_id" uuid, "p_aggregatetype" text, "p_aggregateid" text, "p_type" text, "p_payload" jsonb, "p_headers" jsonb DEFAULT '{}'::jsonb)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$BEGIN
  -- before the position is drawn
  PERFORM pg_advisory_xact_lock(hashtextextended(p_aggregateid, hashtextextended(p_aggregatetype, 7332)));
  INSERT INTO stall.outbox (id, aggregatetype, aggregateid, type, payload, headers)
  VALUES (p_id, p_aggregatetype, p_aggregateid, p_type, p_payload, coalesce(p_headers, '{}'))
  ON CONFLICT (id) DO NOTHING;
  IF FOUND THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM stall.outbox o WHERE o.id = p_id
                AND (o.aggregatetype, o.aggregateid, o.type, o.payload, o.headers)
                    IS DISTINCT FROM (p_aggregatetype, p_aggregateid, p_type, p_payload, coalesce(p_headers, '{}'))) THEN
    RAISE EXCEPTION 'the outbox has another message with the id %', p_id USING ERRCODE = 'ES021',
      HINT = 'Give each message an id of its own; only a repetition has the same one.';
  END IF;
  RETURN false;
END$$;

REVOKE ALL ON FUNCTION "stall"."enqueue"(uuid, text, text, text, jsonb, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."enqueue"(uuid, text, text, text, jsonb, jsonb) IS 'Puts a message in the outbox, in the transaction that causes it: it is sent if, and only if, that commits. Messages about the same aggregate are sent in the order in which they commit. Returns false where the same message waits to be sent already. SQLSTATE ES021 where its id is that of another message.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."take_outbox"("p_limit" integer)
RETURNS SETOF stall.outbox
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$BEGIN
  -- an older snapshot still has what another relay has sent meanwhile
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'take_outbox at %', current_setting('transaction_isolation') USING ERRCODE = 'ES020',
      HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED.';
  END IF;
  IF pg_try_advisory_xact_lock(hashtextextended('stall', 7333)) THEN
    PERFORM set_config('eventloom.outbox_taken', 'stall', true);
    RETURN QUERY SELECT o.* FROM stall.outbox o ORDER BY o.position LIMIT p_limit;
  END IF;
END$$;

REVOKE ALL ON FUNCTION "stall"."take_outbox"(integer) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."take_outbox"(integer) IS 'The oldest messages that wait, for one relay at a time: another one gets none until this transaction is over. Begin, take, send, call outbox_sent, commit; after a crash in between they are taken again. SQLSTATE ES020 at another isolation than READ COMMITTED.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."outbox_sent"("p_ids" uuid[])
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  deleted bigint;
BEGIN
  IF current_setting('eventloom.outbox_taken', true) IS DISTINCT FROM 'stall' AND cardinality(p_ids) > 0 THEN
    RAISE EXCEPTION 'outbox_sent outside of the transaction that took the messages' USING ERRCODE = 'ES020',
      HINT = 'BEGIN, take_outbox, send, outbox_sent, COMMIT.';
  END IF;
  DELETE FROM stall.outbox o WHERE o.id = ANY (p_ids);
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END$$;

REVOKE ALL ON FUNCTION "stall"."outbox_sent"(uuid[]) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."outbox_sent"(uuid[]) IS 'Deletes messages that were sent, in the transaction that took them. Returns how many of them were still there. SQLSTATE ES020 in another transaction, or outside of one: then a second relay may have taken them too.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."claim_checkpoint"("p_processor" text, "p_shard" smallint, "p_generation" integer, "p_owner" text, "p_lease" interval)
RETURNS stall.checkpoints
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  found_one stall.checkpoints%ROWTYPE;
BEGIN
  IF coalesce(p_owner, '') = '' OR coalesce(p_lease, '0') <= '0' THEN
    RAISE EXCEPTION 'a checkpoint is claimed by an owner for some time' USING ERRCODE = '22023',
      HINT = 'Give an owner that no other process has, and a lease such as 10 seconds.';
  END IF;
  SELECT * INTO found_one FROM stall.checkpoints k WHERE k.processor = p_processor AND k.shard = p_shard AND k.generation = p_generation FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM pg_advisory_xact_lock(hashtextextended(p_processor, 7334));
    INSERT INTO stall.checkpoints (processor, shard, generation, status)
    SELECT p_processor, p_shard, p_generation, made.status
      FROM (SELECT k.status FROM stall.checkpoints k
             WHERE k.processor = p_processor AND k.generation = p_generation AND k.status <> 'retired'
             UNION
            SELECT 'running' WHERE p_generation > 0
               AND NOT EXISTS (SELECT FROM stall.checkpoints k WHERE k.processor = p_processor)) made
    ON CONFLICT DO NOTHING;
    SELECT * INTO found_one FROM stall.checkpoints k WHERE k.processor = p_processor AND k.shard = p_shard AND k.generation = p_generation FOR UPDATE;
  END IF;
  IF NOT FOUND OR found_one.status = 'retired' THEN
    RAISE EXCEPTION 'generation % of % is not at work', p_generation, p_processor USING ERRCODE = 'ES033',
      HINT = 'Claim the generation that runs; start_generation makes the next one.';
  END IF;
  IF found_one.owner <> p_owner AND found_one.lease_until > clock_timestamp() THEN
    RAISE EXCEPTION 'the checkpoint of % is held by %', p_processor, found_one.owner
      USING ERRCODE = 'ES030', DETAIL = found_one.lease_until::text, HINT = 'Try again when the lease has ended.';
  END IF;
  UPDATE stall.checkpoints k SET owner = p_owner, lease_until = clock_timestamp() + p_lease WHERE k.processor = p_processor AND k.shard = p_shard AND k.generation = p_generation RETURNING * INTO found_one;
  RETURN found_one;
END$$;

REVOKE ALL ON FUNCTION "stall"."claim_checkpoint"(text, smallint, integer, text, interval) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."claim_checkpoint"(text, smallint, integer, text, interval) IS 'Makes an owner the only one that moves a checkpoint, until the lease ends or is renewed by claiming again; gives the place that the processor has come to. The first claim of a processor makes its generation, whichever is claimed: a new environment begins with the newest. SQLSTATE ES030 another owner has it (DETAIL: until when), ES033 the generation is not at work, 22023 without an owner or a lease.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."move_checkpoint"("p_processor" text, "p_shard" smallint, "p_generation" integer, "p_owner" text, "p_from_epoch" smallint, "p_from_transaction_id" xid8, "p_from_position" bigint, "p_to_epoch" smallint, "p_to_transaction_id" xid8, "p_to_position" bigint, "p_lease" interval DEFAULT NULL::interval)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  found_one stall.checkpoints%ROWTYPE;
BEGIN
  IF (p_to_epoch, p_to_transaction_id, p_to_position) < (p_from_epoch, p_from_transaction_id, p_from_position) THEN
    RAISE EXCEPTION 'a checkpoint never moves back' USING ERRCODE = '22023',
      HINT = 'To handle events again, start_generation and rebuild beside what runs.';
  END IF;
  UPDATE stall.checkpoints k
     SET epoch = p_to_epoch, transaction_id = p_to_transaction_id, global_position = p_to_position, updated_at = now(),
         lease_until = coalesce(clock_timestamp() + p_lease, k.lease_until)
   WHERE k.processor = p_processor AND k.shard = p_shard AND k.generation = p_generation AND k.owner = p_owner AND k.status <> 'retired'
     AND (k.epoch, k.transaction_id, k.global_position) = (p_from_epoch, p_from_transaction_id, p_from_position);
  IF FOUND THEN
    RETURN;
  END IF;
  SELECT * INTO found_one FROM stall.checkpoints k WHERE k.processor = p_processor AND k.shard = p_shard AND k.generation = p_generation;
  IF NOT FOUND OR found_one.status = 'retired' THEN
    RAISE EXCEPTION 'generation % of % is not at work', p_generation, p_processor USING ERRCODE = 'ES033',
      HINT = 'Claim the generation that runs; start_generation makes the next one.';
  END IF;
  IF p_owner IS NULL OR found_one.owner IS DISTINCT FROM p_owner THEN
    RAISE EXCEPTION 'the checkpoint of % is held by %, not by %', p_processor, coalesce(found_one.owner, 'nobody'), p_owner
      USING ERRCODE = 'ES032', HINT = 'Roll back, and claim it again.';
  END IF;
  RAISE EXCEPTION 'the checkpoint of % is at another place', p_processor USING ERRCODE = 'ES031',
    DETAIL = format('%s %s %s', found_one.epoch, found_one.transaction_id, found_one.global_position),
    HINT = 'Roll back, and read from the place that claim_checkpoint gives.';
END$$;

REVOKE ALL ON FUNCTION "stall"."move_checkpoint"(text, smallint, integer, text, smallint, xid8, bigint, smallint, xid8, bigint, interval) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."move_checkpoint"(text, smallint, integer, text, smallint, xid8, bigint, smallint, xid8, bigint, interval) IS 'Moves a checkpoint from the place that was read from, in the transaction that handles what was read, and renews the lease by p_lease where that is given. A lease that has ended is still good as long as nobody else has claimed. Roll back on a refusal: SQLSTATE ES031 it is at another place (DETAIL: epoch, transaction id, position), ES032 it is another owner''s, ES033 the generation is not at work, 22023 backwards.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."release_checkpoint"("p_processor" text, "p_shard" smallint, "p_generation" integer, "p_owner" text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$BEGIN
  UPDATE stall.checkpoints k SET owner = NULL, lease_until = NULL WHERE k.processor = p_processor AND k.shard = p_shard AND k.generation = p_generation AND k.owner = p_owner;
  RETURN FOUND;
END$$;

REVOKE ALL ON FUNCTION "stall"."release_checkpoint"(text, smallint, integer, text) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."release_checkpoint"(text, smallint, integer, text) IS 'For a processor that stops: others need not wait for the end of its lease. Returns false where it has lost it already.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."start_generation"("p_processor" text, "p_generation" integer)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  newest integer;
  running integer;
  rebuilding integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(p_processor, 7334));
  SELECT max(k.generation), max(k.generation) FILTER (WHERE k.status = 'running'),
         max(k.generation) FILTER (WHERE k.status = 'rebuilding')
    INTO newest, running, rebuilding FROM stall.checkpoints k WHERE k.processor = p_processor;
  IF p_generation = running OR p_generation = rebuilding THEN
    RETURN false;
  END IF;
  IF running IS NULL THEN
    RAISE EXCEPTION 'no generation of % runs', p_processor USING ERRCODE = 'ES033',
      HINT = 'claim_checkpoint makes the first one.';
  END IF;
  IF rebuilding IS NOT NULL THEN
    RAISE EXCEPTION 'generation % of % is being rebuilt', rebuilding, p_processor USING ERRCODE = 'ES033',
      HINT = 'Switch to it, or drop it.';
  END IF;
  IF (p_generation > newest) IS NOT TRUE THEN
    RAISE EXCEPTION 'generation % of % is over, or is none', p_generation, p_processor USING ERRCODE = 'ES033',
      DETAIL = newest::text, HINT = 'Give the next generation a number above that of the newest.';
  END IF;
  INSERT INTO stall.checkpoints (processor, shard, generation, status)
  SELECT k.processor, k.shard, p_generation, 'rebuilding' FROM stall.checkpoints k
   WHERE k.processor = p_processor AND k.generation = running;
  RETURN true;
END$$;

REVOKE ALL ON FUNCTION "stall"."start_generation"(text, integer) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."start_generation"(text, integer) IS 'Starts a rebuild beside the generation that runs: a checkpoint at the beginning of the feed for each of its shards. Returns false where it was started before. SQLSTATE ES033 when it does not come after all others, another one is being rebuilt, or nothing runs.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."switch_generation"("p_processor" text, "p_generation" integer)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  behind text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(p_processor, 7334));
  PERFORM k.shard FROM stall.checkpoints k WHERE k.processor = p_processor ORDER BY k.shard, k.generation FOR UPDATE;
  IF EXISTS (SELECT FROM stall.checkpoints k
              WHERE k.processor = p_processor AND k.generation = p_generation AND k.status = 'running') THEN
    RETURN false;
  END IF;
  IF NOT EXISTS (SELECT FROM stall.checkpoints k
              WHERE k.processor = p_processor AND k.generation = p_generation AND k.status = 'rebuilding') THEN
    RAISE EXCEPTION 'generation % of % is not being rebuilt', p_generation, p_processor USING ERRCODE = 'ES033',
      HINT = 'start_generation, rebuild, then switch.';
  END IF;
  SELECT format('shard %s: %s %s %s is behind %s %s %s', ran.shard, n.epoch, n.transaction_id, n.global_position,
                ran.epoch, ran.transaction_id, ran.global_position)
    INTO behind
    FROM stall.checkpoints ran
    LEFT JOIN stall.checkpoints n ON n.processor = ran.processor AND n.shard = ran.shard AND n.generation = p_generation
   WHERE ran.processor = p_processor AND ran.status = 'running'
     AND (n.shard IS NULL
          OR (n.epoch, n.transaction_id, n.global_position) < (ran.epoch, ran.transaction_id, ran.global_position))
   ORDER BY ran.shard LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'generation % of % has not caught up', p_generation, p_processor USING ERRCODE = 'ES034', DETAIL = behind,
      HINT = 'Let it go on reading, and try again.';
  END IF;
  UPDATE stall.checkpoints k SET status = 'retired', owner = NULL, lease_until = NULL
   WHERE k.processor = p_processor AND k.status = 'running';
  UPDATE stall.checkpoints k SET status = 'running' WHERE k.processor = p_processor AND k.generation = p_generation;
  RETURN true;
END$$;

REVOKE ALL ON FUNCTION "stall"."switch_generation"(text, integer) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."switch_generation"(text, integer) IS 'Lets a generation run that was rebuilt, and retires the one that ran, at once; allowed when each shard of the new one is as far as that of the old one. Returns false where it runs already. SQLSTATE ES033 when it is not being rebuilt, ES034 when it is behind (DETAIL: the shard and both places).
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."drop_generation"("p_processor" text, "p_generation" integer)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(p_processor, 7334));
  IF EXISTS (SELECT FROM stall.checkpoints k
              WHERE k.processor = p_processor AND k.generation = p_generation AND k.status = 'running') THEN
    RAISE EXCEPTION 'generation % of % runs', p_generation, p_processor USING ERRCODE = 'ES035',
      HINT = 'Start the next one, and switch to it first.';
  END IF;
  DELETE FROM stall.checkpoints k WHERE k.processor = p_processor AND k.generation = p_generation;
  RETURN FOUND;
END$$;

REVOKE ALL ON FUNCTION "stall"."drop_generation"(text, integer) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."drop_generation"(text, integer) IS 'Deletes the checkpoints of a generation that is retired, or of a rebuild that is given up; what it has built stays. Returns false where there are none. SQLSTATE ES035 for the one that runs.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."start_saga"("p_saga_id" uuid, "p_saga_type" text, "p_correlation_key" text, "p_state" text, "p_data" jsonb DEFAULT '{}'::jsonb, "p_definition_version" integer DEFAULT 1, OUT "saga_id" uuid, OUT "version" bigint, OUT "started" boolean)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$BEGIN
  INSERT INTO stall.sagas AS g (saga_id, saga_type, correlation_key, state, data, definition_version)
  VALUES (p_saga_id, p_saga_type, p_correlation_key, p_state, p_data, p_definition_version)
  ON CONFLICT DO NOTHING;
  started := FOUND;
  SELECT g.saga_id, g.version INTO saga_id, version FROM stall.sagas g
   WHERE g.saga_type = p_saga_type AND g.correlation_key = p_correlation_key;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'saga % is another one', p_saga_id USING ERRCODE = 'ES040',
      HINT = 'Make the id from the saga''s type and correlation key, or draw one.';
  END IF;
END$$;

REVOKE ALL ON FUNCTION "stall"."start_saga"(uuid, text, text, text, jsonb, integer) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."start_saga"(uuid, text, text, text, jsonb, integer) IS 'Starts a saga, one for each type and correlation key. Where there is one it gives that one''s id and version, and started is false. SQLSTATE ES040 when the id is another saga''s.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."load_saga"("p_saga_id" uuid)
RETURNS SETOF stall.sagas
LANGUAGE sql STABLE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$SELECT * FROM stall.sagas g WHERE g.saga_id = p_saga_id$$;

REVOKE ALL ON FUNCTION "stall"."load_saga"(uuid) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."load_saga"(uuid) IS 'A saga as it is, or no row. What is decided by it is written with its version: advance_saga refuses when it has moved on.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."advance_saga"("p_saga_id" uuid, "p_version" bigint, "p_step" integer, "p_state" text, "p_data" jsonb DEFAULT NULL::jsonb)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  saga stall.sagas%ROWTYPE;
BEGIN
  UPDATE stall.sagas g SET version = g.version + 1, updated_at = now(), step = p_step, state = p_state, data = coalesce(p_data, g.data)
   WHERE g.saga_id = p_saga_id AND g.version = p_version AND g.completed_at IS NULL;
  IF FOUND THEN
    RETURN p_version + 1;
  END IF;
  SELECT * INTO saga FROM stall.sagas g WHERE g.saga_id = p_saga_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no saga %', p_saga_id USING ERRCODE = 'ES041', HINT = 'Start it with start_saga.';
  END IF;
  IF saga.completed_at IS NOT NULL THEN
    RAISE EXCEPTION 'saga % is over', p_saga_id USING ERRCODE = 'ES043', DETAIL = saga.state, HINT = 'What comes late changes nothing.';
  END IF;
  RAISE EXCEPTION 'saga % is at version %, not %', p_saga_id, saga.version, p_version USING ERRCODE = 'ES042', DETAIL = saga.version::text,
    HINT = 'Roll back, load the saga again and decide anew.';
END$$;

REVOKE ALL ON FUNCTION "stall"."advance_saga"(uuid, bigint, integer, text, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."advance_saga"(uuid, bigint, integer, text, jsonb) IS 'Writes down how far a saga has come, from the version that was loaded; data stays as it is where none is given. Returns the new version, with which earlier timeouts are void. SQLSTATE ES041 there is none, ES042 it is at another version (DETAIL: the actual one), ES043 it is over (DETAIL: its last state).
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."compensate_saga"("p_saga_id" uuid, "p_version" bigint, "p_step" integer, "p_state" text, "p_data" jsonb DEFAULT NULL::jsonb)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  saga stall.sagas%ROWTYPE;
BEGIN
  UPDATE stall.sagas g SET version = g.version + 1, updated_at = now(), direction = 'compensating', step = p_step, state = p_state, data = coalesce(p_data, g.data)
   WHERE g.saga_id = p_saga_id AND g.version = p_version AND g.completed_at IS NULL;
  IF FOUND THEN
    RETURN p_version + 1;
  END IF;
  SELECT * INTO saga FROM stall.sagas g WHERE g.saga_id = p_saga_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no saga %', p_saga_id USING ERRCODE = 'ES041', HINT = 'Start it with start_saga.';
  END IF;
  IF saga.completed_at IS NOT NULL THEN
    RAISE EXCEPTION 'saga % is over', p_saga_id USING ERRCODE = 'ES043', DETAIL = saga.state, HINT = 'What comes late changes nothing.';
  END IF;
  RAISE EXCEPTION 'saga % is at version %, not %', p_saga_id, saga.version, p_version USING ERRCODE = 'ES042', DETAIL = saga.version::text,
    HINT = 'Roll back, load the saga again and decide anew.';
END$$;

REVOKE ALL ON FUNCTION "stall"."compensate_saga"(uuid, bigint, integer, text, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."compensate_saga"(uuid, bigint, integer, text, jsonb) IS 'As advance_saga, for a saga that goes back: its direction is compensating from now on, and that of the steps recorded then. Undo what load_saga_steps gives as done, from the last one to the first. SQLSTATE ES041 there is none, ES042 it is at another version (DETAIL: the actual one), ES043 it is over (DETAIL: its last state).
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."complete_saga"("p_saga_id" uuid, "p_version" bigint, "p_state" text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  saga stall.sagas%ROWTYPE;
BEGIN
  UPDATE stall.sagas g SET version = g.version + 1, updated_at = now(), state = p_state, completed_at = now()
   WHERE g.saga_id = p_saga_id AND g.version = p_version AND g.completed_at IS NULL;
  IF FOUND THEN
    DELETE FROM stall.timeouts t
     USING (SELECT w.due_at, w.id FROM stall.timeouts w WHERE w.saga_id = p_saga_id FOR UPDATE SKIP LOCKED) free
     WHERE t.due_at = free.due_at AND t.id = free.id;
    RETURN p_version + 1;
  END IF;
  SELECT * INTO saga FROM stall.sagas g WHERE g.saga_id = p_saga_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no saga %', p_saga_id USING ERRCODE = 'ES041', HINT = 'Start it with start_saga.';
  END IF;
  IF saga.completed_at IS NOT NULL THEN
    RAISE EXCEPTION 'saga % is over', p_saga_id USING ERRCODE = 'ES043', DETAIL = saga.state, HINT = 'What comes late changes nothing.';
  END IF;
  RAISE EXCEPTION 'saga % is at version %, not %', p_saga_id, saga.version, p_version USING ERRCODE = 'ES042', DETAIL = saga.version::text,
    HINT = 'Roll back, load the saga again and decide anew.';
END$$;

REVOKE ALL ON FUNCTION "stall"."complete_saga"(uuid, bigint, text) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."complete_saga"(uuid, bigint, text) IS 'Ends a saga in a last state, forward or compensated; its timeouts go. Returns the last version. SQLSTATE ES041 there is none, ES042 it is at another version (DETAIL: the actual one), ES043 it is over (DETAIL: its last state).
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."record_saga_step"("p_saga_id" uuid, "p_seq" integer, "p_command_id" uuid, "p_name" text)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  saga stall.sagas%ROWTYPE;
BEGIN
  INSERT INTO stall.saga_steps (saga_id, seq, command_id, name, direction, status)
  SELECT p_saga_id, p_seq, p_command_id, p_name, g.direction, 'sent' FROM stall.sagas g
   WHERE g.saga_id = p_saga_id AND g.completed_at IS NULL
  ON CONFLICT DO NOTHING;
  IF FOUND THEN
    RETURN true;
  END IF;
  IF EXISTS (SELECT FROM stall.saga_steps k WHERE k.saga_id = p_saga_id AND k.seq = p_seq AND k.command_id = p_command_id AND k.name = p_name) THEN
    RETURN false;
  END IF;
  SELECT * INTO saga FROM stall.sagas g WHERE g.saga_id = p_saga_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no saga %', p_saga_id USING ERRCODE = 'ES041', HINT = 'Start it with start_saga.';
  END IF;
  IF saga.completed_at IS NOT NULL THEN
    RAISE EXCEPTION 'saga % is over', p_saga_id USING ERRCODE = 'ES043', DETAIL = saga.state, HINT = 'What comes late changes nothing.';
  END IF;
  RAISE EXCEPTION 'step % of saga % is another command', p_seq, p_saga_id USING ERRCODE = 'ES044',
    HINT = 'Number the steps of a saga one after the other, and make each command''s id from the saga and the number.';
END$$;

REVOKE ALL ON FUNCTION "stall"."record_saga_step"(uuid, integer, uuid, text) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."record_saga_step"(uuid, integer, uuid, text) IS 'Notes that a saga sends a command, in the direction that the saga has, before its answer can come: in the transaction that enqueues it. Returns false where that is noted already. SQLSTATE ES041 there is no such saga, ES043 it is over, ES044 another command has that number or that id.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."complete_saga_step"("p_command_id" uuid, "p_status" text, "p_result" jsonb DEFAULT NULL::jsonb)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$BEGIN
  IF p_status IS NULL OR p_status NOT IN ('done', 'failed', 'timed-out') THEN
    RAISE EXCEPTION 'no command ends as %', p_status USING ERRCODE = '22023', HINT = 'Give done, failed or timed-out.';
  END IF;
  UPDATE stall.saga_steps k SET status = p_status, result = p_result, completed_at = now()
   WHERE k.command_id = p_command_id AND k.status = 'sent';
  IF NOT FOUND AND NOT EXISTS (SELECT FROM stall.saga_steps k WHERE k.command_id = p_command_id) THEN
    RAISE EXCEPTION 'no saga has sent the command %', p_command_id USING ERRCODE = 'ES045',
      HINT = 'Send back the id of the command that is answered.';
  END IF;
  RETURN FOUND;
END$$;

REVOKE ALL ON FUNCTION "stall"."complete_saga_step"(uuid, text, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."complete_saga_step"(uuid, text, jsonb) IS 'Notes how a command ended: done, failed or timed-out, with what was answered. Returns false where that is noted already: a repetition, or too late. SQLSTATE ES045 no saga has sent it, 22023 another status.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."load_saga_steps"("p_saga_id" uuid)
RETURNS SETOF stall.saga_steps
LANGUAGE sql STABLE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$SELECT * FROM stall.saga_steps k WHERE k.saga_id = p_saga_id ORDER BY k.seq$$;

REVOKE ALL ON FUNCTION "stall"."load_saga_steps"(uuid) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."load_saga_steps"(uuid) IS 'What a saga has sent, in order, and how it ended.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."set_timeout"("p_saga_id" uuid, "p_version" bigint, "p_id" uuid, "p_after" interval, "p_payload" jsonb DEFAULT '{}'::jsonb)
RETURNS boolean
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  saga stall.sagas%ROWTYPE;
BEGIN
  IF EXISTS (SELECT FROM stall.timeouts t WHERE t.saga_id = p_saga_id AND t.id = p_id AND t.token = p_version) THEN
    RETURN false;
  END IF;
  INSERT INTO stall.timeouts (due_at, id, saga_id, saga_type, token, payload)
  SELECT clock_timestamp() + p_after, p_id, p_saga_id, g.saga_type, p_version, coalesce(p_payload, '{}') FROM stall.sagas g
   WHERE g.saga_id = p_saga_id AND g.version = p_version AND g.completed_at IS NULL;
  IF FOUND THEN
    RETURN true;
  END IF;
  SELECT * INTO saga FROM stall.sagas g WHERE g.saga_id = p_saga_id;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no saga %', p_saga_id USING ERRCODE = 'ES041', HINT = 'Start it with start_saga.';
  END IF;
  IF saga.completed_at IS NOT NULL THEN
    RAISE EXCEPTION 'saga % is over', p_saga_id USING ERRCODE = 'ES043', DETAIL = saga.state, HINT = 'What comes late changes nothing.';
  END IF;
  RAISE EXCEPTION 'saga % is at version %, not %', p_saga_id, saga.version, p_version USING ERRCODE = 'ES042', DETAIL = saga.version::text,
    HINT = 'Roll back, load the saga again and decide anew.';
END$$;

REVOKE ALL ON FUNCTION "stall"."set_timeout"(uuid, bigint, uuid, interval, jsonb) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."set_timeout"(uuid, bigint, uuid, interval, jsonb) IS 'Sets a timeout for a saga, as long as it is at this version: the next one makes it void. Returns false where it is set already. SQLSTATE ES041, ES042, ES043 as advance_saga.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."due_timeouts"("p_saga_type" text, "p_limit" integer)
RETURNS SETOF stall.timeouts
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  wanted bigint := p_limit;
  batch stall.timeouts[];
  given bigint;
BEGIN
  FOR round IN 1..100 LOOP
    EXIT WHEN wanted = 0;
    WITH due AS (
      SELECT w.due_at, w.id FROM stall.timeouts w
       WHERE w.due_at <= statement_timestamp() AND w.saga_type = p_saga_type
       ORDER BY w.due_at, w.id LIMIT wanted FOR UPDATE SKIP LOCKED),
    gone AS (
      DELETE FROM stall.timeouts t USING due WHERE t.due_at = due.due_at AND t.id = due.id RETURNING t)
    SELECT array_agg(gone.t) INTO batch FROM gone;
    EXIT WHEN batch IS NULL;
    RETURN QUERY
      SELECT b.* FROM unnest(batch) b JOIN stall.sagas g ON g.saga_id = b.saga_id
       WHERE g.version = b.token AND g.completed_at IS NULL
       ORDER BY b.due_at, b.id;
    GET DIAGNOSTICS given = ROW_COUNT;
    wanted := wanted - given;
  END LOOP;
END$$;

REVOKE ALL ON FUNCTION "stall"."due_timeouts"(text, integer) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."due_timeouts"(text, integer) IS 'Takes the timeouts of a type of saga that are due, the oldest first, in the transaction that handles them: no other one gets them unless it fails. Those whose saga has moved on since are void, and cleared away; where there are many of them a call may give fewer than are due.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."cancel_timeouts"("p_saga_id" uuid)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  deleted bigint;
BEGIN
  DELETE FROM stall.timeouts t WHERE t.saga_id = p_saga_id;
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END$$;

REVOKE ALL ON FUNCTION "stall"."cancel_timeouts"(uuid) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."cancel_timeouts"(uuid) IS 'Deletes the timeouts of a saga that stays at its version; one that moves on needs none of it. Waits for those that are being taken. Returns how many there were.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."clean_inbox"("p_limit" integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE STRICT SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  deleted bigint;
BEGIN
  DELETE FROM stall.inbox WHERE ctid = ANY (ARRAY(
    SELECT i.ctid FROM stall.inbox i
     WHERE i.received_at < now() - interval '30 days'
     ORDER BY i.received_at LIMIT p_limit FOR UPDATE SKIP LOCKED));
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END$$;

REVOKE ALL ON FUNCTION "stall"."clean_inbox"(integer) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."clean_inbox"(integer) IS 'Forgets messages that were handled more than 30 days ago, the oldest first and at most p_limit. Returns how many.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."clean_timeouts"("p_limit" integer)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE STRICT SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$DECLARE
  deleted bigint;
BEGIN
  DELETE FROM stall.timeouts WHERE ctid = ANY (ARRAY(
    SELECT t.ctid FROM stall.timeouts t JOIN stall.sagas g ON g.saga_id = t.saga_id
     WHERE NOT (g.version = t.token AND g.completed_at IS NULL)
     LIMIT p_limit FOR UPDATE OF t SKIP LOCKED));
  GET DIAGNOSTICS deleted = ROW_COUNT;
  RETURN deleted;
END$$;

REVOKE ALL ON FUNCTION "stall"."clean_timeouts"(integer) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."clean_timeouts"(integer) IS 'Deletes timeouts that mean nothing any more, at most p_limit: their saga is over, or has gone on since they were set. Returns how many.
eventloom:stall';

CREATE OR REPLACE FUNCTION "stall"."maintain"("p_limit" integer DEFAULT 10000, OUT "inbox_deleted" bigint, OUT "timeouts_deleted" bigint)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE STRICT SECURITY DEFINER
SET "search_path" = 'pg_catalog', 'pg_temp'
AS $$BEGIN
  inbox_deleted := stall.clean_inbox(p_limit);
  timeouts_deleted := stall.clean_timeouts(p_limit);
END$$;

REVOKE ALL ON FUNCTION "stall"."maintain"(integer) FROM PUBLIC;

COMMENT ON FUNCTION "stall"."maintain"(integer) IS 'For a job of the database, as of pg_cron: forgets old messages of the inbox and deletes void timeouts, at most p_limit of each. Drops and detaches nothing.
eventloom:stall';

REVOKE ALL ON ALL ROUTINES IN SCHEMA "stall" FROM PUBLIC;

CREATE ROLE "stall_writer" NOLOGIN;

COMMENT ON ROLE "stall_writer" IS 'Of the domain stall: who appends events, and decides by what it reads.
eventloom:stall';

GRANT USAGE ON SCHEMA "stall" TO "stall_writer";

GRANT SELECT ON TABLE "stall"."epochs", "stall"."event_store" TO "stall_writer";

GRANT EXECUTE ON ROUTINE
  "stall"."advance_saga"(uuid, bigint, integer, text, jsonb),
  "stall"."append_event"(text, text, bigint, uuid, text, smallint, jsonb, jsonb),
  "stall"."append_events"(text, text, bigint, uuid[], text[], smallint[], jsonb[], jsonb[]),
  "stall"."archive_aggregate"(text),
  "stall"."cancel_timeouts"(uuid),
  "stall"."check_identity"(),
  "stall"."compensate_saga"(uuid, bigint, integer, text, jsonb),
  "stall"."complete_saga"(uuid, bigint, text),
  "stall"."complete_saga_step"(uuid, text, jsonb),
  "stall"."current_epoch"(),
  "stall"."due_timeouts"(text, integer),
  "stall"."enqueue"(uuid, text, text, text, jsonb, jsonb),
  "stall"."handle_once"(text, text),
  "stall"."load_saga"(uuid),
  "stall"."load_saga_steps"(uuid),
  "stall"."load_snapshot"(text, text, smallint),
  "stall"."lock_aggregates"(text[]),
  "stall"."read_aggregate"(text, bigint, integer),
  "stall"."record_saga_step"(uuid, integer, uuid, text),
  "stall"."save_snapshot"(text, text, smallint, bigint, jsonb),
  "stall"."set_timeout"(uuid, bigint, uuid, interval, jsonb),
  "stall"."start_saga"(uuid, text, text, text, jsonb, integer)
TO "stall_writer";

CREATE ROLE "stall_reader" NOLOGIN;

COMMENT ON ROLE "stall_reader" IS 'Of the domain stall: who reads events and read models.
eventloom:stall';

GRANT USAGE ON SCHEMA "stall" TO "stall_reader";

GRANT SELECT ON TABLE "stall"."epochs", "stall"."event_store" TO "stall_reader";

GRANT EXECUTE ON ROUTINE
  "stall"."check_identity"(),
  "stall"."current_epoch"(),
  "stall"."load_snapshot"(text, text, smallint),
  "stall"."read_aggregate"(text, bigint, integer),
  "stall"."read_events"(smallint, xid8, bigint, integer)
TO "stall_reader";

CREATE ROLE "stall_projector" NOLOGIN;

COMMENT ON ROLE "stall_projector" IS 'Of the domain stall: who keeps read models.
eventloom:stall';

GRANT USAGE ON SCHEMA "stall" TO "stall_projector";

GRANT SELECT ON TABLE "stall"."epochs", "stall"."event_store" TO "stall_projector";

GRANT EXECUTE ON ROUTINE
  "stall"."advance_saga"(uuid, bigint, integer, text, jsonb),
  "stall"."cancel_timeouts"(uuid),
  "stall"."check_identity"(),
  "stall"."claim_checkpoint"(text, smallint, integer, text, interval),
  "stall"."compensate_saga"(uuid, bigint, integer, text, jsonb),
  "stall"."complete_saga"(uuid, bigint, text),
  "stall"."complete_saga_step"(uuid, text, jsonb),
  "stall"."current_epoch"(),
  "stall"."drop_generation"(text, integer),
  "stall"."due_timeouts"(text, integer),
  "stall"."enqueue"(uuid, text, text, text, jsonb, jsonb),
  "stall"."handle_once"(text, text),
  "stall"."load_saga"(uuid),
  "stall"."load_saga_steps"(uuid),
  "stall"."move_checkpoint"(text, smallint, integer, text, smallint, xid8, bigint, smallint, xid8, bigint, interval),
  "stall"."read_aggregate"(text, bigint, integer),
  "stall"."read_events"(smallint, xid8, bigint, integer),
  "stall"."record_saga_step"(uuid, integer, uuid, text),
  "stall"."release_checkpoint"(text, smallint, integer, text),
  "stall"."set_timeout"(uuid, bigint, uuid, interval, jsonb),
  "stall"."start_generation"(text, integer),
  "stall"."start_saga"(uuid, text, text, text, jsonb, integer),
  "stall"."switch_generation"(text, integer)
TO "stall_projector";

CREATE ROLE "stall_relay" NOLOGIN;

COMMENT ON ROLE "stall_relay" IS 'Of the domain stall: who sends what is in the feed and in the outbox.
eventloom:stall';

GRANT USAGE ON SCHEMA "stall" TO "stall_relay";

GRANT SELECT ON TABLE "stall"."epochs", "stall"."event_store" TO "stall_relay";

GRANT EXECUTE ON ROUTINE
  "stall"."check_identity"(),
  "stall"."claim_checkpoint"(text, smallint, integer, text, interval),
  "stall"."current_epoch"(),
  "stall"."move_checkpoint"(text, smallint, integer, text, smallint, xid8, bigint, smallint, xid8, bigint, interval),
  "stall"."outbox_sent"(uuid[]),
  "stall"."read_events"(smallint, xid8, bigint, integer),
  "stall"."release_checkpoint"(text, smallint, integer, text),
  "stall"."take_outbox"(integer)
TO "stall_relay";
