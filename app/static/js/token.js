// The token of this page's forms: another one once the session is another, in another tab for example.

export function renew(token) {
  const meta = document.querySelector("meta[name=csrf-token]");
  if (!token || !meta) return;
  meta.content = token;
  for (const input of document.querySelectorAll('input[name="csrf_token"]')) input.value = token;
}
