export { AuthFrame } from './AuthFrame.tsx'
export { SignInForm } from './SignInForm.tsx'
export { SignUpForm } from './SignUpForm.tsx'
