import { expect, test } from "vitest";
import { createWorld } from "../../test/helpers/world.ts";
import { createAccount } from "./accounts.ts";
import { checkHandle } from "./handles.ts";

const password = "firefly-night";

test("a name of the server, and what is read as one, is only for who runs it", async () => {
  const { ctx } = await createWorld();
  for (const handle of [
    "admin",
    "Support",
    "adm1n",
    "a_d_m_i_n",
    "adrnin",
    "r00t",
    "rnod",
    "vvebmaster",
    "0fficial",
    "4dmin",
    "5uppor7",
    "h3lp",
    "mocl",
    "moc1er4tor",
  ]) {
    const asMember = checkHandle(ctx, { handle, role: "member" });
    await expect(asMember, handle).rejects.toMatchObject({ code: "handle_reserved", field: "handle" });
    expect(await checkHandle(ctx, { handle, role: "admin" })).toBe(handle.toLowerCase());
  }
});

test("nobody gets a handle that is read as that of somebody who stands above members; that of a member may look like another's", async () => {
  const { ctx } = await createWorld();
  await createAccount(ctx, { handle: "emil", password, role: "owner" });
  await createAccount(ctx, { handle: "wanda", password, role: "admin" });
  const { id: personId } = await createAccount(ctx, { handle: "stella", password, role: "moderator" });
  await createAccount(ctx, { handle: "lilo", password, role: "member" });
  for (const handle of ["emi1", "em_il", "eml1", "vvanda", "_wanda_", "3mil", "wancla", "w4nda", "57ella"])
    await expect(checkHandle(ctx, { handle, role: "member" }), handle).rejects.toThrow("handle_reserved");
  expect(await checkHandle(ctx, { handle: "l1l0", role: "member" })).toBe("l1l0");
  expect(await checkHandle(ctx, { handle: "ste_lla", role: "moderator", personId })).toBe("ste_lla");
  expect(await checkHandle(ctx, { handle: "emily", role: "member" })).toBe("emily");
});
