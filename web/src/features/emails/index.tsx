export { AskResetForm } from './AskResetForm.tsx'
export { LinkSent } from './LinkSent.tsx'
export { MailCodeForm } from './MailCodeForm.tsx'
export { NewPasswordForm } from './NewPasswordForm.tsx'
