import { useState } from "preact/hooks";
import { SecurityApi, type Standing } from "../../platform/security-api.ts";
import "../../styles/security.css";
import "../../styles/trust.css";
import { useClient } from "../context.ts";
import { Failure } from "../failure.tsx";
import { useConfirmed } from "../use-confirmed.ts";
import { useFetched } from "../use-fetched.ts";
import { EmailCard } from "./email-card.tsx";
import { PasskeysCard } from "./passkeys-card.tsx";
import { PasswordCard } from "./password-card.tsx";
import { RecoveryCard } from "./recovery-card.tsx";
import { RecoveryCodesDialog } from "./recovery-codes.tsx";
import { TotpCard } from "./totp-card.tsx";
import { useReturning } from "./use-returning.ts";

/** What a card of this page gets. */
export interface CardProps {
  standing: Standing;
  /** Does something that wants its person to show once more who they are; what is shown then follows. */
  change: <Answer>(deed: (api: SecurityApi) => Promise<Answer>) => Promise<Answer>;
  /** Shows recovery codes, this once; there are none where older ones stay. */
  showCodes: (codes: readonly string[] | null) => void;
}

/** By what one signs in, and where one is reached. */
export function Security() {
  const { api } = useClient();
  const { confirmed, dialog } = useConfirmed();
  const { answer: standing, failure, again } = useFetched(() => new SecurityApi(api).standing(), "standing");
  const [codes, showCodes] = useState<readonly string[] | null>(null);
  useReturning(again);
  const change: CardProps["change"] = async (deed) => {
    const answer = await confirmed((request) => deed(new SecurityApi({ request })));
    again();
    return answer;
  };
  const props = standing && { standing, change, showCodes };
  return (
    <>
      <Failure text={failure} />
      {props !== null && (
        <>
          <PasswordCard {...props} />
          <EmailCard {...props} />
          <TotpCard {...props} />
          <PasskeysCard {...props} />
          <RecoveryCard {...props} />
        </>
      )}
      {codes !== null && <RecoveryCodesDialog codes={codes} onClose={() => showCodes(null)} />}
      {dialog}
    </>
  );
}
