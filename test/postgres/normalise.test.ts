import {
  defaultExpression,
  isConstantExpression,
  isExpression,
  isType,
  normaliseExpression,
  normaliseSetting,
  normaliseType,
  stripOuterParentheses,
} from "../../lib/postgres/normalise";

describe("a type", () => {
  test.each([
    ["int", "integer"],
    ["INT8", "bigint"],
    ["timestamptz", "timestamp with time zone"],
    ["timestamptz(3)", "timestamp(3) with time zone"],
    ["timestamp (3) with time zone", "timestamp(3) with time zone"],
    ["timestamp", "timestamp without time zone"],
    ["time(0)", "time(0) without time zone"],
    ["varchar(20)", "character varying(20)"],
    ["char", "character(1)"],
    ["decimal(10, 2)", "numeric(10,2)"],
    ["numeric(10)", "numeric(10,0)"],
    ["float", "double precision"],
    ["double  precision", "double precision"],
    ["text[]", "text[]"],
    ["int4[3][]", "integer[]"],
    ["pg_catalog.jsonb", "jsonb"],
    ["orders.money", "orders.money"],
    ['"My"."Type"', '"My"."Type"'],
    ['"plain"', "plain"],
    ["setof int", "SETOF integer"],
  ])("%s is what Postgres calls %s", (written, canonical) => {
    expect(normaliseType(written)).toBe(canonical);
    expect(normaliseType(canonical)).toBe(canonical);
  });

  test("is one type and nothing else", () => {
    for (const type of ["bigint", "numeric(10,2)", "text[]", '"odd name"', "timestamp(3) with time zone"]) {
      expect(isType(type)).toBe(true);
    }
    for (const text of ["", "int; DROP TABLE t", "int DEFAULT 1", "'text'", "text)", "(int)"]) {
      expect(isType(text)).toBe(false);
    }
  });
});

describe("an expression", () => {
  test.each([
    ["now()", "NOW ( )"],
    ["'{}'", "'{}'::jsonb"],
    ["'es.p'", "('es.p'::regclass)"],
    ["0", "(0)::smallint"],
    ["-1", "'-1'::integer"],
    ["-1", "(-1)"],
    ["nextval('s.p')", "nextval('s.p'::regclass)"],
    ["a <> b", "((a != b))"],
    ["E'it\\'s'", "'it''s'"],
    ["$$x$$", "'x'::text"],
    ["x::int8 > 1", "(x)::bigint > 1".replace("(x)", "x")],
    ["null", "NULL::text"],
    ['"plain" > 0', "plain > 0"],
  ])("%s equals %s", (a, b) => {
    expect(normaliseExpression(a)).toBe(normaliseExpression(b));
  });

  test.each([
    ["a > 1", "a > 2"],
    ["a > b", '"A" > b'],
    ["'x'", "'X'"],
    ["a::text", "a::integer"],
    ["(a) + (b)", "a + (b)"],
    ["f(1)", "g(1)"],
  ])("%s differs from %s", (a, b) => {
    expect(normaliseExpression(a)).not.toBe(normaliseExpression(b));
  });

  test("loses the parentheses around it, and only those", () => {
    expect(stripOuterParentheses("((a > 1))")).toBe("a > 1");
    expect(stripOuterParentheses("(a) > (1)")).toBe("(a) > (1)");
    expect(stripOuterParentheses("(a > ')')")).toBe("a > ')'");
  });

  test("can't hold a second statement, an open bracket or a comment that swallows the rest", () => {
    for (const sql of ["a > 0", "f(';')", '"a--b" > 0', "a /* why */ > 0", "a -- why\n> 0"])
      expect(isExpression(sql)).toBe(true);
    for (const sql of ["", " ", "a > 0)", "(a", "a; b", "a > 0 -- why", "'open", '"open', "a /* open"]) {
      expect(isExpression(sql)).toBe(false);
    }
  });

  test("is constant only when it surely is", () => {
    for (const sql of ["1", "-1", "'{}'::jsonb", "now()", "ARRAY['a']", "true", "NULL"]) {
      expect(isConstantExpression(sql)).toBe(true);
    }
    for (const sql of ["gen_random_uuid()", "nextval('s')", "clock_timestamp()", "1 + f()"]) {
      expect(isConstantExpression(sql)).toBe(false);
    }
  });

  test("stands in parentheses as a default where the grammar wants them", () => {
    expect(defaultExpression("NOT false")).toBe("(NOT false)");
    expect(defaultExpression("f(NOT false)")).toBe("f(NOT false)");
    expect(defaultExpression("now()")).toBe("now()");
  });
});

test("a search path is a list of names, other settings are texts", () => {
  expect(normaliseSetting("search_path", "pg_catalog,pg_temp")).toBe("pg_catalog, pg_temp");
  expect(normaliseSetting("search_path", '"My Schema",x')).toBe('"My Schema", x');
  expect(normaliseSetting("work_mem", "8MB")).toBe("8MB");
});
