/** Has fields with a passphrase in them leave the page sealed only. */
import { seal } from "./seal.ts";

/** Seals a form's fields that bring a key with them, each time before it is sent. */
export function sealFields(form: HTMLFormElement): void {
  let sending = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // A second click would bring a key that the first one used up.
    if (sending) return;
    sending = true;
    void sealAll(form).finally(() => form.submit());
  });
}

async function sealAll(form: HTMLFormElement): Promise<void> {
  for (const field of form.querySelectorAll<HTMLInputElement>("input[data-seal]")) {
    try {
      const sealed = document.createElement("input");
      sealed.type = "hidden";
      sealed.name = `${field.name}-sealed`;
      sealed.value = await seal(field.value, field.dataset["seal"] ?? "");
      form.append(sealed);
      field.value = "";
      field.disabled = true;
    } catch {
      // A browser that can't: then it goes as it does without scripts.
    }
  }
}
