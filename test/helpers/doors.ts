import type { RequestOptions, TestApp } from "./app.ts";

/** A JSON schema, as far as the description of the API uses it. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Operation {
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: Schema }[];
  readonly requestBody?: { content: Readonly<Record<string, { schema: Schema }>> };
}

/** A route, as the router and the description of the API know it. */
export interface Door {
  readonly method: string;
  /** As the router writes it: `/api/chat/v1/messages/:id`. */
  readonly path: string;
  readonly isDescribed: boolean;
  /** Anybody may ask. */
  readonly isOpen: boolean;
  /** The names of what stands in its path, */
  readonly inPath: readonly string[];
  /** of what may stand in its query, */
  readonly inQuery: readonly string[];
  /** and of what in its body is an id, or a list of such, as it must be sent. */
  readonly idsInBody: Readonly<Record<string, (id: string) => unknown>>;
  /** A request as the description wants it, each id made by `idFor`. */
  request(idFor: (name: string) => string, values: Values): DoorRequest;
}

/** What a request says where the description leaves it open; also what it leaves out unless it is given. */
export interface Values {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface DoorRequest extends Pick<RequestOptions, "method" | "json" | "body" | "headers"> {
  readonly path: string;
}

/** Every route of the app's own router, the middlewares of many routes apart. */
export async function doorsOf(app: TestApp): Promise<Door[]> {
  const { json } = await app.request("/api/chat/v1/openapi.json");
  const description = json as { paths: Record<string, Record<string, Operation>> } & Components;
  const routes = app.app.routes.filter(({ method }) => method !== "ALL");
  const keys = new Set(routes.map(({ method, path }) => `${method} ${path}`));
  return [...keys].map((key) => {
    const [method = "", path = ""] = key.split(" ");
    const operation = description.paths[path.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
    return doorOf({ method, path, operation, description });
  });
}

interface Components {
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface Found {
  method: string;
  path: string;
  operation: Operation | undefined;
  description: Components;
}

function doorOf({ method, path, operation, description }: Found): Door {
  const parameters = (operation?.parameters ?? []).filter((each) => each.in === "query");
  const content = operation?.requestBody?.content ?? {};
  const [mediaType] = Object.keys(content);
  const body = firstOf(content["application/json"]?.schema, description);
  const fields = Object.entries(body?.properties ?? {});
  const ids = fields.flatMap(([name, given]) => {
    const schema = firstOf(given, description);
    const isList = schema?.items?.format === "uuid";
    const write = (id: string): unknown => (isList ? [id] : id);
    return isList || schema?.format === "uuid" ? [[name, write] as const] : [];
  });
  const takesBytes = mediaType !== undefined && content["application/json"] === undefined;
  return {
    method,
    path,
    isDescribed: operation !== undefined,
    isOpen: operation?.security?.length === 0,
    inPath: [...path.matchAll(/:(\w+)/g)].map(([, name = ""]) => name),
    inQuery: parameters.map(({ name }) => name),
    idsInBody: Object.fromEntries(ids),
    request: (idFor, values) => {
      const required = parameters.filter((each) => each.required === true);
      const query = new URLSearchParams({
        ...Object.fromEntries(
          required.map(({ name, schema }) => [name, String(sample(schema, description))]),
        ),
        ...values.query,
      });
      const given = path.replaceAll(/:(\w+)(?:\{[^}]*\})?/g, (_, name: string) =>
        encodeURIComponent(values.path?.[name] ?? idFor(name)),
      );
      const needed = Object.fromEntries(
        (body?.required ?? []).map((name) => [name, sample(body?.properties?.[name] ?? {}, description)]),
      );
      return {
        method,
        path: query.size === 0 ? given : `${given}?${query}`,
        ...(takesBytes && { body: "bytes", headers: { "content-type": mediaType } }),
        ...(body !== undefined && { json: { ...needed, ...values.body } }),
      };
    },
  };
}

/** A schema where it stands, of several the first. */
function firstOf(schema: Schema | undefined, description: Components): Schema | undefined {
  if (schema?.$ref !== undefined) {
    return firstOf(description.components?.schemas?.[schema.$ref.split("/").at(-1) ?? ""], description);
  }
  return schema?.anyOf === undefined ? schema : firstOf(schema.anyOf[0], description);
}

/** Something that a schema allows. */
function sample(given: Schema, description: Components): unknown {
  const schema = firstOf(given, description) ?? {};
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.format === "uuid") return crypto.randomUUID();
  if (schema.format === "date-time") return "2126-01-01T00:00:00.000Z";
  if (schema.type === "boolean") return true;
  if (schema.type === "integer" || schema.type === "number") return Math.max(schema.minimum ?? 1, 1);
  if (schema.type === "array") return [];
  if (schema.type !== "object") return "1";
  const fields = (schema.required ?? []).map((name) => [
    name,
    sample(schema.properties?.[name] ?? {}, description),
  ]);
  return Object.fromEntries(fields) as unknown;
}
