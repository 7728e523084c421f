import { expect, test } from "vitest";
import { createWorld } from "../../test/helpers/world.ts";
import { checkSignIn, createAccount } from "./accounts.ts";
import { findSigningKey } from "./keys.ts";

const password = "firefly-night";

test("an account signs in with its password, whatever the case of its handle, and with nothing else", async () => {
  const world = await createWorld();
  const ann = await createAccount(world.ctx, { handle: "Ann", password, role: "member" });
  expect(ann.handle).toBe("ann");
  expect((await checkSignIn(world.ctx, { handle: "@ANN", password })).person.id).toBe(ann.id);
  await expect(checkSignIn(world.ctx, { handle: "ann", password: "firefly-nigh" })).rejects.toThrow(
    "wrong_password",
  );
  await expect(checkSignIn(world.ctx, { handle: "bo", password })).rejects.toThrow("wrong_password");
});

test("every account has an RSA-2048 and an Ed25519 key, sealed where they are kept", async () => {
  const world = await createWorld();
  const { id } = await createAccount(world.ctx, { handle: "ann", password, role: "member" });
  const rsa = await findSigningKey(world.ctx, id, "rsa");
  expect(rsa.privateKey.algorithm).toMatchObject({ name: "RSASSA-PKCS1-v1_5", modulusLength: 2048 });
  expect((await findSigningKey(world.ctx, id, "ed25519")).privateKey.algorithm).toMatchObject({
    name: "Ed25519",
  });
  const rows = await world.connection.sql`select private_key from signing_key`;
  expect(rows).toHaveLength(2);
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", rsa.privateKey));
  for (const row of rows) expect((row["private_key"] as Buffer).includes(pkcs8.subarray(0, 64))).toBe(false);
});

test.each(["", "a b", "ann@b", "ännchen", "аnn", "a".repeat(31), "ann.smith"])(
  "%j cannot be a handle",
  async (handle) => {
    const world = await createWorld();
    const made = createAccount(world.ctx, { handle, password, role: "member" });
    await expect(made).rejects.toMatchObject({ code: "handle_invalid", field: "handle" });
  },
);

test("a handle is taken once, whatever its case, and a short password is refused", async () => {
  const world = await createWorld();
  await createAccount(world.ctx, { handle: "ann", password, role: "admin" });
  const again = createAccount(world.ctx, { handle: "ANN", password, role: "member" });
  await expect(again).rejects.toMatchObject({ code: "handle_taken", field: "handle" });
  const short = createAccount(world.ctx, { handle: "bo", password: "1234567", role: "member" });
  await expect(short).rejects.toMatchObject({ code: "password_too_short", field: "password" });
});
