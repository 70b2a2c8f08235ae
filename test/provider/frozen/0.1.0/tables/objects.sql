CREATE SCHEMA "bank";

COMMENT ON SCHEMA "bank" IS 'eventloom:bank';

CREATE OR REPLACE FUNCTION "bank"."refuse"()
RETURNS trigger
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
AS $$BEGIN RAISE EXCEPTION 'refused'; END$$;

COMMENT ON FUNCTION "bank"."refuse"() IS 'eventloom:bank';

CREATE TABLE "bank"."accounts" (
  "id" bigint NOT NULL,
  "owner" text NOT NULL,
  "opened" date NOT NULL DEFAULT '2026-01-01',
  CONSTRAINT "accounts_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "accounts_owner_key" UNIQUE ("owner"),
  CONSTRAINT "owned" CHECK (owner <> '')
);

COMMENT ON COLUMN "bank"."accounts"."opened" IS 'When it was opened.';

COMMENT ON TABLE "bank"."accounts" IS 'Who has money here.
eventloom:bank';

CREATE TABLE "bank"."entries" (
  "id" bigint NOT NULL,
  "account" bigint NOT NULL,
  "amount" numeric NOT NULL,
  "note" text DEFAULT '',
  "currency" character(3) NOT NULL DEFAULT 'EUR',
  "code" text,
  CONSTRAINT "entries_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "entries_code_key" UNIQUE ("code"),
  CONSTRAINT "moves" CHECK (amount <> 0),
  CONSTRAINT "entries_account_fkey" FOREIGN KEY ("account") REFERENCES "bank"."accounts" ("id")
) WITH ("fillfactor" = '80');

CREATE INDEX "entries_note" ON "bank"."entries" USING btree ("note", "id");

CREATE INDEX "entries_amount" ON "bank"."entries" USING btree ("amount") WITH ("fillfactor" = '80');

CREATE INDEX "entries_account" ON "bank"."entries" USING btree ("account") INCLUDE ("amount");

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."entries" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."entries" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_delete" BEFORE DELETE ON "bank"."entries" FOR EACH ROW EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."entries" ENABLE ALWAYS TRIGGER "no_delete";

COMMENT ON COLUMN "bank"."entries"."note" IS 'What for.';

COMMENT ON TABLE "bank"."entries" IS 'eventloom:bank';

CREATE TABLE "bank"."movements" (
  "id" bigint NOT NULL,
  "account" bigint NOT NULL,
  "kind" text NOT NULL,
  "size" integer NOT NULL DEFAULT 0,
  CONSTRAINT "movements_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "movements_once" UNIQUE ("account", "id"),
  CONSTRAINT "sized" CHECK (size >= 0),
  CONSTRAINT "movements_account_fkey" FOREIGN KEY ("account") REFERENCES "bank"."accounts" ("id")
) PARTITION BY HASH ("id");

CREATE TABLE "bank"."movements_p00" PARTITION OF "bank"."movements" FOR VALUES WITH (MODULUS 3, REMAINDER 0) WITH ("fillfactor" = '85');

CREATE TABLE "bank"."movements_p01" PARTITION OF "bank"."movements" FOR VALUES WITH (MODULUS 3, REMAINDER 1) WITH ("fillfactor" = '85');

CREATE TABLE "bank"."movements_p02" PARTITION OF "bank"."movements" FOR VALUES WITH (MODULUS 3, REMAINDER 2) WITH ("fillfactor" = '85');

CREATE INDEX "movements_account" ON "bank"."movements" USING btree ("account");

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."movements" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."movements" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."movements_p00" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."movements_p00" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."movements_p01" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."movements_p01" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."movements_p02" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."movements_p02" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_delete" BEFORE DELETE ON "bank"."movements" FOR EACH ROW EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."movements" ENABLE ALWAYS TRIGGER "no_delete";

COMMENT ON TABLE "bank"."movements" IS 'eventloom:bank';

CREATE TABLE "bank"."tenants" (
  "tenant" text NOT NULL,
  "id" bigint NOT NULL,
  CONSTRAINT "tenants_pkey" PRIMARY KEY ("tenant", "id")
) PARTITION BY LIST ("tenant");

CREATE TABLE "bank"."tenants_beta" PARTITION OF "bank"."tenants" FOR VALUES IN ('beta') PARTITION BY HASH ("id");

CREATE TABLE "bank"."tenants_beta_p00" PARTITION OF "bank"."tenants_beta" FOR VALUES WITH (MODULUS 2, REMAINDER 0);

CREATE TABLE "bank"."tenants_beta_p01" PARTITION OF "bank"."tenants_beta" FOR VALUES WITH (MODULUS 2, REMAINDER 1);

CREATE TABLE "bank"."tenants_corp" PARTITION OF "bank"."tenants" FOR VALUES IN ('corp') PARTITION BY HASH ("id");

CREATE TABLE "bank"."tenants_corp_p00" PARTITION OF "bank"."tenants_corp" FOR VALUES WITH (MODULUS 2, REMAINDER 0);

CREATE TABLE "bank"."tenants_corp_p01" PARTITION OF "bank"."tenants_corp" FOR VALUES WITH (MODULUS 2, REMAINDER 1);

CREATE TABLE "bank"."tenants_rest" PARTITION OF "bank"."tenants" DEFAULT;

CREATE INDEX "tenants_id" ON "bank"."tenants" USING btree ("id");

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."tenants" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."tenants" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."tenants_beta" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."tenants_beta" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."tenants_corp" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."tenants_corp" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."tenants_beta_p00" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."tenants_beta_p00" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."tenants_beta_p01" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."tenants_beta_p01" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."tenants_corp_p00" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."tenants_corp_p00" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."tenants_corp_p01" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."tenants_corp_p01" ENABLE ALWAYS TRIGGER "no_truncate";

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."tenants_rest" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."tenants_rest" ENABLE ALWAYS TRIGGER "no_truncate";

COMMENT ON TABLE "bank"."tenants" IS 'eventloom:bank';

CREATE TABLE "bank"."years" (
  "at" timestamp with time zone NOT NULL,
  "note" text NOT NULL
) PARTITION BY RANGE ("at");

CREATE TABLE "bank"."years_2025" PARTITION OF "bank"."years" FOR VALUES FROM ('2025-01-01 00:00:00+00') TO ('2026-01-01 00:00:00+00');

CREATE TABLE "bank"."years_2026" PARTITION OF "bank"."years" FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');

CREATE INDEX "years_at" ON "bank"."years" USING btree ("at");

COMMENT ON TABLE "bank"."years" IS 'eventloom:bank';

CREATE TABLE "bank"."journal" (
  "at" timestamp with time zone NOT NULL,
  "note" text NOT NULL
) PARTITION BY RANGE ("at");

CREATE TABLE "bank"."journal_p202611" PARTITION OF "bank"."journal" FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00');

CREATE TABLE "bank"."journal_p202612" PARTITION OF "bank"."journal" FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');

CREATE INDEX "journal_at" ON "bank"."journal" USING btree ("at");

COMMENT ON TABLE "bank"."journal" IS 'eventloom-rolls:month, 1 ahead, retain 30 days
eventloom:bank';

CREATE TABLE "bank"."slots" (
  "id" bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  "account" bigint NOT NULL,
  "starts" integer NOT NULL,
  "ends" integer NOT NULL GENERATED ALWAYS AS (starts + 1) STORED,
  CONSTRAINT "slots_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "slots_apart" EXCLUDE USING gist ((int4range(starts, ends)) WITH &&)
);

CREATE INDEX "slots_account" ON "bank"."slots" USING btree ("account");

CREATE TRIGGER "no_truncate" BEFORE TRUNCATE ON "bank"."slots" FOR EACH STATEMENT EXECUTE FUNCTION "bank"."refuse"();

ALTER TABLE "bank"."slots" ENABLE ALWAYS TRIGGER "no_truncate";

ALTER TABLE "bank"."slots" ADD CONSTRAINT "slots_account_fkey" FOREIGN KEY ("account") REFERENCES "bank"."accounts" ("id") NOT VALID;

COMMENT ON TABLE "bank"."slots" IS 'eventloom:bank';
