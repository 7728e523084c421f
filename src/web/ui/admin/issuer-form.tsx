import { signatureAlgorithms } from "#lib/signature-algorithms.ts";
import type { ClaimNames, Issuer } from "#protocol/issuers.ts";
import { useState } from "preact/hooks";
import { t, type TextId } from "../../platform/language.ts";
import { AuthForm } from "../auth-form.tsx";
import { Field } from "../field.tsx";

/** What is asked of the server; secrets only where they are given. */
export interface WantedIssuer {
  slug: string;
  uri: string;
  name: string;
  signsIn: boolean;
  clientId: string | null;
  clientSecret?: string;
  acceptsTokens: boolean;
  audience: string | null;
  jwksUri: string | null;
  sharedKey?: string;
  algorithms: string[];
  claims: ClaimNames;
  makesAccounts: boolean;
}

const claimNames = ["subject", "handle", "name", "session"] as const;
const plain = {
  maxLength: 500,
  autocapitalize: "none",
  autocomplete: "off",
  spellcheck: false,
  dir: "ltr",
} as const;

type ProblemAt = (field: string) => string | null;

interface IssuerFormProps {
  known: Issuer | null;
  submit: (wanted: WantedIssuer) => Promise<void>;
}

/** Who says who people are, and how it is believed. What it is called in addresses stays what it was. */
export function IssuerForm({ known, submit }: IssuerFormProps) {
  const [signsIn, setSignsIn] = useState(known?.signsIn ?? true);
  const [acceptsTokens, setAcceptsTokens] = useState(known?.acceptsTokens ?? false);
  return (
    <AuthForm action={t("admin.save")} last="name" submit={(value) => submit(wantedOf(value))}>
      {(problemAt) => (
        <>
          <Field
            name="name"
            label={t("issuer.name")}
            hint={t("issuer.nameHint")}
            error={problemAt("name")}
            input={{ required: true, maxLength: 60, defaultValue: known?.name ?? "" }}
          />
          {known === null && <Place problemAt={problemAt} />}
          <Switch name="signsIn" on={signsIn} onTurn={setSignsIn} error={problemAt("signsIn")} />
          {signsIn && <SignInFields known={known} problemAt={problemAt} />}
          <Switch name="acceptsTokens" on={acceptsTokens} onTurn={setAcceptsTokens} error={null} />
          {acceptsTokens && <TokenFields known={known} problemAt={problemAt} />}
          <Switch name="makesAccounts" on={known?.makesAccounts ?? false} error={null} />
          <Rare known={known} problemAt={problemAt} />
        </>
      )}
    </AuthForm>
  );
}

function wantedOf(value: (name: string) => string): WantedIssuer {
  const given = (name: string) => value(name).trim() || null;
  const secrets = ["clientSecret", "sharedKey"].flatMap((name) => {
    const secret = value(name);
    return secret === "" ? [] : [[name, secret]];
  });
  const claims = claimNames.flatMap((name) => {
    const claim = given(`claim-${name}`);
    return claim === null ? [] : [[name, claim]];
  });
  return {
    slug: value("slug").trim(),
    uri: value("uri").trim(),
    name: value("name").trim(),
    signsIn: value("signsIn") !== "",
    clientId: given("clientId"),
    acceptsTokens: value("acceptsTokens") !== "",
    audience: given("audience"),
    jwksUri: given("jwksUri"),
    algorithms: signatureAlgorithms.filter((algorithm) => value(`algorithm-${algorithm}`) !== ""),
    makesAccounts: value("makesAccounts") !== "",
    ...Object.fromEntries(secrets),
    claims: Object.fromEntries(claims),
  };
}

interface SwitchProps {
  name: "signsIn" | "acceptsTokens" | "makesAccounts";
  on: boolean;
  onTurn?: (on: boolean) => void;
  error: string | null;
}

function Switch({ name, on, onTurn, error }: SwitchProps) {
  const state = onTurn === undefined ? { defaultChecked: on } : { checked: on };
  return (
    <div>
      <label class="switch-row">
        <span>{t(`issuer.${name}`)}</span>
        <input
          {...state}
          type="checkbox"
          role="switch"
          class="switch"
          name={name}
          onChange={({ currentTarget }) => onTurn?.(currentTarget.checked)}
        />
      </label>
      {error !== null && (
        <p class="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function Place({ problemAt }: { problemAt: ProblemAt }) {
  return (
    <>
      <Field
        name="slug"
        label={t("issuer.slug")}
        hint={t("issuer.slugHint")}
        error={problemAt("slug")}
        input={{ ...plain, required: true, maxLength: 30 }}
      />
      <Field
        name="uri"
        label={t("issuer.uri")}
        hint={t("issuer.uriHint")}
        error={problemAt("uri")}
        input={{ ...plain, required: true }}
      />
    </>
  );
}

interface FieldsProps {
  known: Issuer | null;
  problemAt: ProblemAt;
}

function SignInFields({ known, problemAt }: FieldsProps) {
  return (
    <div class="field-pair">
      <Text name="clientId" label="issuer.clientId" value={known?.clientId} problemAt={problemAt} />
      <Field
        name="clientSecret"
        label={t("issuer.clientSecret")}
        hint={known?.hasClientSecret === true ? t("issuer.secretKept") : null}
        error={problemAt("clientSecret")}
        input={{ ...plain, type: "password", autocomplete: "new-password", maxLength: 1_000 }}
      />
    </div>
  );
}

function TokenFields({ known, problemAt }: FieldsProps) {
  return (
    <>
      <Text name="audience" label="issuer.audience" value={known?.audience} problemAt={problemAt} />
      <Field
        name="jwksUri"
        label={t("issuer.jwksUri")}
        hint={t("issuer.jwksUriHint")}
        error={problemAt("jwksUri")}
        input={{ ...plain, defaultValue: known?.jwksUri ?? "" }}
      />
      <Field
        name="sharedKey"
        label={t("issuer.sharedKey")}
        hint={known?.hasSharedKey === true ? t("issuer.secretKept") : null}
        error={problemAt("sharedKey")}
        input={{ ...plain, type: "password", autocomplete: "new-password", maxLength: 1_000 }}
      />
    </>
  );
}

/** What is nearly always left as it is. */
function Rare({ known, problemAt }: FieldsProps) {
  const algorithms = problemAt("algorithms");
  return (
    <details class="fold" open={algorithms !== null || problemAt("claims") !== null}>
      <summary>{t("issuer.more")}</summary>
      <div class="fold-body">
        <p class="muted">{t("issuer.moreText")}</p>
        {claimNames.map((name, index) => (
          <Field
            key={name}
            name={`claim-${name}`}
            label={t(`issuer.claim.${name}`)}
            hint={null}
            error={index === 0 ? problemAt("claims") : null}
            input={{ ...plain, maxLength: 100, defaultValue: known?.claims[name] ?? "" }}
          />
        ))}
        <fieldset class="plain">
          <legend class="field-label">{t("issuer.algorithms")}</legend>
          <div class="algorithms">
            {signatureAlgorithms.map((algorithm) => (
              <label key={algorithm}>
                <input
                  type="checkbox"
                  name={`algorithm-${algorithm}`}
                  defaultChecked={known?.algorithms.includes(algorithm) ?? false}
                />
                <span>{algorithm}</span>
              </label>
            ))}
          </div>
          {algorithms !== null && (
            <p class="field-error" role="alert">
              {algorithms}
            </p>
          )}
        </fieldset>
      </div>
    </details>
  );
}

interface TextProps {
  name: string;
  label: TextId;
  value: string | null | undefined;
  problemAt: ProblemAt;
}

function Text({ name, label, value, problemAt }: TextProps) {
  return (
    <Field
      name={name}
      label={t(label)}
      hint={null}
      error={problemAt(name)}
      input={{ ...plain, required: true, defaultValue: value ?? "" }}
    />
  );
}
