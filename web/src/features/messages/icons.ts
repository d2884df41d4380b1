export { AtSign, Ban, CheckCheck, Ellipsis, Pencil, Reply } from 'lucide-react'
