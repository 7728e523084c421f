/** What a server that stores nothing remembers of its deliveries, so that each can be accounted for. */
export function createReceived() {
  const byActor = new Map<string, string[]>();
  return {
    add(actor: string, activity: string): void {
      const known = byActor.get(actor);
      if (known === undefined) byActor.set(actor, [activity]);
      else known.push(activity);
    },
    /** Answers `/received?actor=URI&after=N`: the ids of the activities, in their order. */
    list(target: string): string {
      const query = new URL(target, "http://localhost").searchParams;
      const activities = byActor.get(query.get("actor") ?? "") ?? [];
      return JSON.stringify(activities.slice(Number(query.get("after"))));
    },
  };
}
