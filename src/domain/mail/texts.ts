import type { Language } from "#lib/language.ts";

interface Words {
  subject: string;
  text: string;
}

/** What is written to people: `{address}` is `@ann@a.example`, `{host}` this server, `{url}` a link. */
type Letters = Record<"reset" | "link-made" | "email-changed" | "confirm" | "approved", Words>;

export const letters: Record<Language, Letters> = {
  en: {
    reset: {
      subject: "Another password on {host}",
      text: "Somebody, probably you, asked for another password for {address}. Choose it here within an hour:\n\n{url}\n\nIf it was not you, leave this letter alone: nothing changes.",
    },
    "link-made": {
      subject: "A link to your account on {host}",
      text: "Somebody who runs {host} made a link with which another password can be chosen for {address}, within a day. Second factors stay.\n\nIf you did not ask for it, sign in, look at your sessions, and ask those who run the server.",
    },
    "email-changed": {
      subject: "Your address on {host}",
      text: "{address} is no longer reached at this address: it was changed or taken away, and links that were sent here lead nowhere.\n\nIf it was not you, sign in, end all sessions and choose another password, or ask those who run the server.",
    },
    confirm: {
      subject: "Is this your address?",
      text: "{address} would like to be reached here. If this is your account, say so within a day:\n\n{url}\n\nIf it is not, leave this letter alone.",
    },
    approved: {
      subject: "Your account on {host}",
      text: "{address} can sign in now. To be reached at this address, say within a day that it is yours:\n\n{url}",
    },
  },
  de: {
    reset: {
      subject: "Ein anderes Passwort auf {host}",
      text: "Jemand, wahrscheinlich du, hat um ein anderes Passwort für {address} gebeten. Wähle es hier innerhalb einer Stunde:\n\n{url}\n\nWarst du es nicht, dann lass diesen Brief liegen: Nichts ändert sich.",
    },
    "link-made": {
      subject: "Ein Link in dein Konto auf {host}",
      text: "Jemand, der {host} betreibt, hat einen Link erstellt, mit dem sich innerhalb eines Tages ein anderes Passwort für {address} wählen lässt. Zweite Faktoren bleiben.\n\nHast du nicht darum gebeten, dann melde dich an, sieh deine Sitzungen durch und frage die Betreiber des Servers.",
    },
    "email-changed": {
      subject: "Deine Adresse auf {host}",
      text: "{address} ist unter dieser Adresse nicht mehr erreichbar: Sie wurde geändert oder entfernt, und Links, die hierher gingen, führen nirgendwohin.\n\nWarst du es nicht, dann melde dich an, beende alle Sitzungen und wähle ein anderes Passwort, oder frage die Betreiber des Servers.",
    },
    confirm: {
      subject: "Ist das deine Adresse?",
      text: "{address} möchte hier erreichbar sein. Ist das dein Konto, dann bestätige es innerhalb eines Tages:\n\n{url}\n\nWenn nicht, lass diesen Brief liegen.",
    },
    approved: {
      subject: "Dein Konto auf {host}",
      text: "{address} kann sich jetzt anmelden. Um unter dieser Adresse erreichbar zu sein, bestätige innerhalb eines Tages, dass sie dir gehört:\n\n{url}",
    },
  },
  fr: {
    reset: {
      subject: "Un autre mot de passe sur {host}",
      text: "Quelqu’un, sans doute vous, a demandé un autre mot de passe pour {address}. Choisissez-le ici dans l’heure :\n\n{url}\n\nSi ce n’était pas vous, ne faites rien : rien ne change.",
    },
    "link-made": {
      subject: "Un lien vers votre compte sur {host}",
      text: "Une personne qui administre {host} a créé un lien permettant de choisir, dans la journée, un autre mot de passe pour {address}. Les seconds facteurs restent en place.\n\nSi vous ne l’avez pas demandé, connectez-vous, vérifiez vos sessions et posez la question aux responsables du serveur.",
    },
    "email-changed": {
      subject: "Votre adresse sur {host}",
      text: "{address} n’est plus joignable à cette adresse : elle a été changée ou retirée, et les liens envoyés ici ne mènent plus nulle part.\n\nSi ce n’était pas vous, connectez-vous, fermez toutes les sessions et choisissez un autre mot de passe, ou posez la question aux responsables du serveur.",
    },
    confirm: {
      subject: "Est-ce votre adresse ?",
      text: "{address} souhaite être joignable ici. Si c’est votre compte, confirmez-le dans la journée :\n\n{url}\n\nSinon, ne faites rien.",
    },
    approved: {
      subject: "Votre compte sur {host}",
      text: "{address} peut maintenant se connecter. Pour être joignable à cette adresse, confirmez dans la journée qu’elle est à vous :\n\n{url}",
    },
  },
  es: {
    reset: {
      subject: "Otra contraseña en {host}",
      text: "Alguien, seguramente tú, ha pedido otra contraseña para {address}. Elígela aquí antes de una hora:\n\n{url}\n\nSi no has sido tú, no hagas nada: nada cambia.",
    },
    "link-made": {
      subject: "Un enlace a tu cuenta en {host}",
      text: "Alguien que administra {host} ha creado un enlace con el que se puede elegir, antes de un día, otra contraseña para {address}. Los segundos factores se mantienen.\n\nSi no lo has pedido, entra, revisa tus sesiones y pregunta a quienes llevan el servidor.",
    },
    "email-changed": {
      subject: "Tu dirección en {host}",
      text: "A {address} ya no se le escribe a esta dirección: se ha cambiado o quitado, y los enlaces enviados aquí ya no llevan a ninguna parte.\n\nSi no has sido tú, entra, cierra todas las sesiones y elige otra contraseña, o pregunta a quienes llevan el servidor.",
    },
    confirm: {
      subject: "¿Es esta tu dirección?",
      text: "{address} quiere que se le pueda escribir aquí. Si es tu cuenta, confírmalo antes de un día:\n\n{url}\n\nSi no lo es, no hagas nada.",
    },
    approved: {
      subject: "Tu cuenta en {host}",
      text: "{address} ya puede entrar. Para recibir correo en esta dirección, confirma antes de un día que es tuya:\n\n{url}",
    },
  },
  ja: {
    reset: {
      subject: "{host} の新しいパスワード",
      text: "{address} の新しいパスワードの設定が求められました。お心当たりがあれば、1時間以内にこちらで設定してください。\n\n{url}\n\nお心当たりがなければ、このメールは無視してください。何も変わりません。",
    },
    "link-made": {
      subject: "{host} のアカウントへのリンク",
      text: "{host} の管理者が、{address} の新しいパスワードを1日以内に設定できるリンクを作りました。二段階認証はそのまま残ります。\n\nお心当たりがなければ、サインインしてセッションを確認し、サーバーの管理者に問い合わせてください。",
    },
    "email-changed": {
      subject: "{host} に登録されたメールアドレス",
      text: "{address} のメールアドレスはこのアドレスではなくなりました。変更または削除されたため、ここに送られたリンクは使えません。\n\nお心当たりがなければ、サインインしてすべてのセッションを終了し、パスワードを変更するか、サーバーの管理者に問い合わせてください。",
    },
    confirm: {
      subject: "これはあなたのメールアドレスですか",
      text: "{address} がこのメールアドレスを登録しようとしています。あなたのアカウントであれば、1日以内に確認してください。\n\n{url}\n\nそうでなければ、このメールは無視してください。",
    },
    approved: {
      subject: "{host} のアカウント",
      text: "{address} でサインインできるようになりました。このメールアドレスを登録するには、1日以内に確認してください。\n\n{url}",
    },
  },
  ar: {
    reset: {
      subject: "كلمة مرور جديدة على {host}",
      text: "طلب أحدهم، ولعله أنت، كلمة مرور جديدة للحساب {address}. اخترها هنا خلال ساعة:\n\n{url}\n\nإن لم تكن أنت، فتجاهل هذه الرسالة: لن يتغير شيء.",
    },
    "link-made": {
      subject: "رابط إلى حسابك على {host}",
      text: "أنشأ أحد القائمين على {host} رابطًا يمكن به اختيار كلمة مرور أخرى للحساب {address} خلال يوم. وتبقى العوامل الثانية كما هي.\n\nإن لم تكن قد طلبت ذلك، فسجّل الدخول وراجع جلساتك واسأل القائمين على الخادم.",
    },
    "email-changed": {
      subject: "عنوانك على {host}",
      text: "لم يعد الحساب {address} يستقبل البريد على هذا العنوان: فقد غُيّر أو أُزيل، والروابط التي أُرسلت إلى هنا لم تعد تعمل.\n\nإن لم تكن أنت، فسجّل الدخول وأنهِ كل الجلسات واختر كلمة مرور أخرى، أو اسأل القائمين على الخادم.",
    },
    confirm: {
      subject: "هل هذا عنوانك؟",
      text: "يريد صاحب الحساب {address} استقبال البريد هنا. إن كان هذا حسابك فأكّد ذلك خلال يوم:\n\n{url}\n\nوإلا فتجاهل هذه الرسالة.",
    },
    approved: {
      subject: "حسابك على {host}",
      text: "يمكن للحساب {address} تسجيل الدخول الآن. لاستقبال البريد على هذا العنوان أكّد خلال يوم أنه لك:\n\n{url}",
    },
  },
};
