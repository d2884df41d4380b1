export { Copy, Info, MailOpen, RotateCw, ShieldAlert, ShieldCheck, SquareCheck, Trash2, UsersRound } from 'lucide-react'
