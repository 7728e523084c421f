import { useState } from "preact/hooks";
import type { SignUpRequest } from "#protocol/sign-up.ts";
import { t } from "../../platform/language.ts";
import { useClient } from "../context.ts";
import { Failure } from "../failure.tsx";
import { moment } from "../format.ts";
import { useDeed } from "../use-deed.ts";
import { DecisionDialog } from "./decision-dialog.tsx";
import { More } from "./more.tsx";
import { useAdmin, usePages } from "./use-admin.ts";

/** Who waits for an account, and the answers. */
export function Requests() {
  const admin = useAdmin();
  const { notices } = useClient();
  const { items, failure, again, more } = usePages(async (after) => {
    const { requests, next } = await admin.requests(after);
    return { items: requests, next };
  }, "requests");
  const deed = useDeed();
  const [rejecting, setRejecting] = useState<SignUpRequest | null>(null);
  const approve = ({ id, handle }: SignUpRequest) =>
    deed
      .run(
        () => admin.decideRequest(id, "approve"),
        () => notices.say(t("request.approved", { name: `@${handle}` })),
      )
      .then(again);
  return (
    <>
      <Failure text={failure ?? deed.failure} />
      {items?.length === 0 && <NobodyWaits />}
      <ul class="office-list">
        {items?.map((request) => (
          <RequestRow
            key={request.id}
            request={request}
            busy={deed.busy}
            onApprove={() => void approve(request)}
            onReject={() => setRejecting(request)}
          />
        ))}
      </ul>
      <More more={more} />
      {rejecting !== null && (
        <DecisionDialog
          decision={{
            title: t("request.rejectTitle", { name: `@${rejecting.handle}` }),
            text: t("request.rejectText"),
            answer: t("request.reject"),
            done: t("request.rejected", { name: `@${rejecting.handle}` }),
            run: () => admin.decideRequest(rejecting.id, "reject"),
          }}
          onDone={again}
          onClose={() => setRejecting(null)}
        />
      )}
    </>
  );
}

function NobodyWaits() {
  return (
    <div class="office-empty">
      <p>{t("request.none")}</p>
      <p class="muted">{t("request.noneNext")}</p>
    </div>
  );
}

interface RequestRowProps {
  request: SignUpRequest;
  busy: boolean;
  onApprove: () => void;
  onReject: () => void;
}

function RequestRow({ request: { handle, email, reason, createdAt }, busy, ...on }: RequestRowProps) {
  return (
    <li class="office-row stacks">
      <span class="office-main">
        <bdi class="clipped office-name">@{handle}</bdi>
        <span class="muted small-text">
          {email !== null && (
            <>
              <bdi>{email}</bdi> ·{" "}
            </>
          )}
          <time dateTime={createdAt}>{moment(createdAt)}</time>
        </span>
        {reason === "" ? (
          <span class="muted">{t("request.noReason")}</span>
        ) : (
          <span class="quote-block" dir="auto">
            {reason}
          </span>
        )}
      </span>
      <span class="office-buttons">
        <button type="button" class="button small" disabled={busy} onClick={on.onReject}>
          {t("request.reject")}
          <span class="unseen"> @{handle}</span>
        </button>
        <button type="button" class="button small primary" disabled={busy} onClick={on.onApprove}>
          {t("request.approve")}
          <span class="unseen"> @{handle}</span>
        </button>
      </span>
    </li>
  );
}
